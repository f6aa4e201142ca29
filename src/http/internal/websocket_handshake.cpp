#include "http/internal/websocket_handshake.hpp"

#include <openssl/evp.h>

namespace meridian::http::internal {
namespace {

bool is_key(std::string_view key) {
  if (key.size() != 24 || !key.ends_with("==")) return false;
  for (const char c : key.substr(0, 22)) {
    const bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!alphanumeric && c != '+' && c != '/') return false;
  }
  return true;
}

// A page of another site can open a WebSocket with the user's cookies: only the Origin tells.
bool is_allowed_origin(const Request& request, const WebSocketRules& rules) {
  const auto origin = request.headers.find("Origin");
  if (!origin) return true;
  for (const std::string& allowed : rules.allowed_origins) {
    if (allowed == "*" || allowed == *origin) return true;
  }
  if (!rules.allowed_origins.empty()) return false;
  const std::size_t slashes = origin->find("://");
  return slashes != std::string_view::npos && equals_ignoring_case(origin->substr(slashes + 3), request.host());
}

}  // namespace

Result<> check_upgrade(const Request& request, const WebSocketRules& rules) {
  const Headers& headers = request.headers;
  if (request.method != Method::get || !list_contains(headers.joined("Connection"), "upgrade") ||
      !list_contains(headers.joined("Upgrade"), "websocket") || headers.get("Sec-WebSocket-Version") != "13") {
    return fail(ErrorCode::unsupported, "this path speaks WebSocket, version 13");
  }
  if (headers.count("Sec-WebSocket-Key") != 1 || !is_key(headers.get("Sec-WebSocket-Key"))) {
    return fail(ErrorCode::malformed_input, "Sec-WebSocket-Key is malformed");
  }
  if (!is_allowed_origin(request, rules)) return fail(ErrorCode::forbidden, "this Origin may not connect");
  return {};
}

std::string accept_key(std::string_view key) {
  std::string text(key);
  text += "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha1(), nullptr);
  unsigned char encoded[64];
  const int length = EVP_EncodeBlock(encoded, digest, static_cast<int>(size));
  return {reinterpret_cast<const char*>(encoded), static_cast<std::size_t>(length)};
}

}  // namespace meridian::http::internal
