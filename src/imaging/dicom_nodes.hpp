// DicomNodes: all declared DICOM nodes of a data folder, at work.
//
//   auto nodes = TRY(DicomNodes::start({.catalog = data + "/catalog"}, services));
//   TRY(nodes->listen(io));
//
// reload() puts in force what the catalogue says now: a node whose declaration changed is ended and started anew; what
// is declared wrongly changes nothing. Any thread. Lifetime: services outlive it; drain(), then destruction.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "connect/dicom_server.hpp"
#include "imaging/archive_handler.hpp"

namespace meridian::net {
class Io;
}
namespace meridian::http {
class Executor;
}

namespace meridian::imaging {

struct DicomNodesOptions {
  std::string catalog;  ///< of which the folder dicom is read; what is not there declares none
  int threads = 16;     ///< that wait for disks, of each node
};

struct DicomNodesServices {
  Archive* archive = nullptr;
  /// Made once for each node that has one; null: no worklist.
  Callback<FindWorklist(const DicomNode&)> worklist;
};

struct DicomNodeState {
  DicomNode node;
  std::uint16_t port = 0;  ///< 0: it does not listen
  connect::DicomServerCounts counts;
};

class DicomNodes {
 public:
  /// Errors: invalid_argument (a line for each fault in a declaration).
  static Result<std::unique_ptr<DicomNodes>> start(DicomNodesOptions options, DicomNodesServices services);
  ~DicomNodes();
  DicomNodes(const DicomNodes&) = delete;
  DicomNodes& operator=(const DicomNodes&) = delete;

  /// All that are enabled. Errors: io_failure (address in use), invalid_argument (certificates).
  Result<> listen(net::Io& io);
  /// Names of nodes that were started or ended. Errors as of start() and listen(); then those that could not be started
  /// do not listen, and the rest goes on.
  Result<std::vector<std::string>> reload();
  /// In the order of their names; also those that are not enabled.
  std::vector<DicomNodeState> all() const;
  bool drain(std::int64_t milliseconds);

 private:
  struct State;
  explicit DicomNodes(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::imaging
