// WebSocket: messages both ways over an upgraded connection.
//
// A route accepts the upgrade by making a WebSocketHandler; the server calls it from a pool thread, one call at a
// time and in order. The WebSocket it is given may be kept and used from any thread; sending queues up to the
// server's limit of bytes and fails with `busy` beyond it (back-pressure), or `gone` when the peer has left.
// Text is checked to be UTF-8. Pings are answered by the server, and it sends its own when the peer is silent.
// https://www.rfc-editor.org/rfc/rfc6455
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/request.hpp"

namespace meridian::http {

enum class MessageKind : std::uint8_t { text, binary };

/// Close codes of RFC 6455 section 7.4.1 that a handler may send.
enum class CloseCode : std::uint16_t {
  normal = 1000,
  going_away = 1001,
  protocol_error = 1002,
  unsupported_data = 1003,
  none_given = 1005,
  broken = 1006,
  invalid_payload = 1007,
  policy_violation = 1008,
  too_big = 1009,
  internal_error = 1011
};

class WebSocket {
 public:
  virtual ~WebSocket() = default;
  /// Errors: busy (too many bytes wait to be sent), gone (closed), invalid_argument (text that is not UTF-8).
  virtual Result<> send(MessageKind kind, std::string_view message) = 0;
  virtual void close(CloseCode code, std::string_view reason) = 0;
};

class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void opened(std::shared_ptr<WebSocket> socket) = 0;
  virtual void received(MessageKind kind, std::string message) = 0;
  /// Called once, last. `broken` when the connection ended without a close frame.
  virtual void closed(CloseCode code) = 0;
};

struct WebSocketRules {
  std::size_t max_message_bytes = 1 << 20;
  std::size_t max_queued_bytes = 4 << 20;
  /// Origins that may connect: "https://example.org", or "*". Empty: only a request without Origin or of the same host.
  std::vector<std::string> allowed_origins;
  /// Agrees to permessage-deflate (RFC 7692) where the client offers it. Off where messages hold secrets beside what an
  /// attacker chooses.
  bool compression = true;
  /// The subprotocol this route speaks; empty: none is chosen.
  std::string subprotocol;
};

}  // namespace meridian::http
