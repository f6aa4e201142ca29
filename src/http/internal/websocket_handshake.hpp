// The opening handshake of WebSocket, the server's side.
// https://www.rfc-editor.org/rfc/rfc6455#section-4.2
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/request.hpp"
#include "http/websocket.hpp"

namespace meridian::http::internal {

/// Whether the request may be upgraded. Errors: unsupported (it asks for no WebSocket of version 13), malformed_input
/// (its key), forbidden (its Origin).
Result<> check_upgrade(const Request& request, const WebSocketRules& rules);

/// Sec-WebSocket-Accept for a Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

}  // namespace meridian::http::internal
