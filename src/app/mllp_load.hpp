// MllpLoad: messages sent over many MLLP connections at once, and how they were answered.
//
// Messages with an order key in common stay on one connection, in their order, each sent when the one before was
// answered. Sent several times over, each time they are other messages of other patients: their control ids and the
// numbers of patients, visits and orders (MSH-10, PID-3, PID-18, MRG-1, PV1-19, ORC-2 and -3, OBR-2 and -3) get the
// number of the time behind them.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "app/load_figures.hpp"
#include "base/result.hpp"
#include "connect/mllp_client.hpp"

namespace meridian::app {

struct MllpLoadReport {
  LoadFigures figures;
  std::map<std::string, std::uint64_t> answers;  ///< by MSA-1
};

/// A message, and the places behind which the number of the time goes.
class RenewableMessage {
 public:
  explicit RenewableMessage(std::string text);
  /// The first time (0) as it is.
  std::string text(std::uint32_t time) const;
  std::size_t size() const { return text_.size(); }

 private:
  std::string text_;
  std::vector<std::size_t> places_;
};

/// MSA-1 of an acknowledgement, or "".
std::string acknowledgement_code(std::string_view ack);

struct MllpLoadTerms {
  std::uint32_t connections = 1;
  std::uint32_t times = 1;
  std::uint32_t rate = 0;  ///< messages a second at most; 0: as fast as they are answered
};

/// Until all are answered, or one cannot be sent. Errors: those of MllpClient.
Result<MllpLoadReport> send_many(const connect::MllpClientOptions& options, std::vector<std::string> messages,
                                 const MllpLoadTerms& terms);

}  // namespace meridian::app
