// DicomClient: one association with a DICOM peer, asked for by us.
//
//   auto client = TRY(DicomClient::open(options, io, {{"1.2.840.10008.1.1", {"1.2.840.10008.1.2"}}}));
//   const DimseStatus status = TRY(client->echo());
//   TRY(client->release());
//
// Operations are done one after another, each waits for its end on the calling thread (no loop's); one thread at a
// time. What the peer says of an operation is a status, no Error; after an Error the association is of no use.
// Lifetime: Io outlives the client. Destroyed without release(), the association is aborted.
// Errors: not_found (the host), forbidden (the association is rejected: the message says why), unsupported (the peer
// does not take this kind of object or service), timeout, io_failure (it aborted or went), malformed_input, cancelled.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part07.html#chapter_9
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "connect/dicom_service.hpp"

namespace meridian::net {
class Io;
class TlsContext;
}  // namespace meridian::net

namespace meridian::connect {

struct DicomClientOptions {
  std::string host;
  std::uint16_t port = 0;
  std::string called = "ANY-SCP";
  std::string calling = "MERIDIAN";
  bool tls = false;
  net::TlsClientOptions certificates;
  std::shared_ptr<net::TlsContext> context;  ///< of certificates, when they were read already

  std::uint32_t max_pdu_bytes = 256 * 1024;
  std::uint64_t identifier_bytes = 4 << 20;
  std::int64_t connect_ms = 10'000;  ///< for the name, the connection, TLS and the association, each
  std::int64_t answer_ms = 60'000;   ///< from the last byte sent to the first of an answer, and between answers
  std::int64_t stall_ms = 30'000;
};

/// A presentation context to ask for. Storage that is to be received (C-GET) says so.
struct DicomProposal {
  std::string abstract_syntax;
  std::vector<std::string> transfer_syntaxes;
  bool is_received = false;
};
/// Contexts for these kinds, each once, at most 128.
std::vector<DicomProposal> proposals_for(const std::vector<DicomKind>& kinds);

struct DicomRequest {
  std::string sop_class;   ///< the information model
  std::string identifier;  ///< a data set in `transfer_syntax`
  std::string transfer_syntax = "1.2.840.10008.1.2.1";
};

struct DicomRetrieved {
  DimseStatus status;
  SubOperations operations;
};

/// Called for each match, on a loop's thread; false cancels.
using DicomMatched = Callback<bool(std::string)>;
/// Takes objects that come by C-GET; called on a loop's thread. An Error becomes a status for the peer.
using DicomReceiver =
    Callback<Result<std::unique_ptr<DicomSink>>(const DicomKind& kind, const std::string& sop_instance)>;

class DicomClient {
 public:
  static Result<std::unique_ptr<DicomClient>> open(DicomClientOptions options, net::Io& io,
                                                   std::vector<DicomProposal> proposals);
  DicomClient(const DicomClient&) = delete;
  DicomClient& operator=(const DicomClient&) = delete;
  ~DicomClient();

  /// Whether the peer accepted a context for these objects.
  bool takes(const DicomKind& kind) const;
  Result<DimseStatus> echo();
  Result<DimseStatus> store(const DicomObject& object);
  Result<DimseStatus> find(const DicomRequest& request, DicomMatched matched);
  Result<DicomRetrieved> move(const DicomRequest& request, const std::string& destination);
  Result<DicomRetrieved> get(const DicomRequest& request, DicomReceiver receiver);
  Result<> release();

 private:
  struct State;
  explicit DicomClient(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::connect
