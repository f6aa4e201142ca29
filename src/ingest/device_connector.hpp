// DeviceConnector: devices and analysers that connect by plain TCP or TLS.
//
//   connector: { kind: tcp, listen: 0.0.0.0:7000, framing: lines, answers: true }     # a JSON object a line
//   connector: { kind: astm, listen: 0.0.0.0:4000 }                                   # analysers, CLSI LIS2-A2
//
// tcp: a line is a message; `ok` is answered when it is safe, `again` when it is not. A line {"key": "…"} is none: it
// shows the key of who speaks on this connection from then on, and is kept by its hash alone. astm: a message is taken
// apart by orders, each of which is one of the inbox; its last frame is acknowledged when all of them are safe. What
// cannot be taken apart, or was broken off, is kept as it came, as a dead letter.
// Specification: CLSI LIS01-A2, LIS2-A2 (formats/astm).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/issue.hpp"
#include "connect/device_server.hpp"
#include "ingest/connector.hpp"

namespace meridian::ingest {

class DeviceConnector final : public Connector {
 public:
  explicit DeviceConnector(Intake& intake) : intake_(intake) {}

  Result<> open(net::Io& io) override;
  void close() override { server_.reset(); }
  void pause() override;
  void resume() override;
  bool drain(std::int64_t milliseconds) override;
  std::uint16_t port() const override;
  connect::MllpServerCounts counts() const override;

 private:
  void take_line(std::string line, bool is_cut, connect::DevicePeer& peer, connect::DeviceResponder responder);
  void take_records(std::string text, bool is_broken_off, const connect::DevicePeer& peer,
                    connect::DeviceResponder responder);

  Intake& intake_;
  std::optional<connect::DeviceServer> server_;
};

/// The orders of an analyser's message as JSON objects, one line each; none, and an Issue, when it cannot be taken
/// apart.
std::vector<std::string> orders_as_json(std::string_view text, Issues& issues);

}  // namespace meridian::ingest
