#include "http/internal/response_reader.hpp"

namespace meridian::http::internal {

Refusal parse_response_head(std::string_view head, Method method, ResponseHead& out) {
  constexpr std::uint32_t kMaxFields = 200;
  constexpr Refusal kMalformed{502, "malformed-status-line", "The response's first line is malformed."};
  head.remove_suffix(2);
  const std::size_t end = head.find("\r\n");
  if (end == std::string_view::npos) return kMalformed;
  const std::string_view line = head.substr(0, end);
  // status-line = HTTP-version SP 3DIGIT SP [ reason-phrase ]
  if (line.size() < 12 || !line.starts_with("HTTP/1.") || line[8] != ' ') return kMalformed;
  if (line.size() > 12 && line[12] != ' ') return kMalformed;
  out.minor = line[7] == '0' ? 0 : 1;
  out.status = 0;
  for (const char c : line.substr(9, 3)) {
    if (c < '0' || c > '9') return kMalformed;
    out.status = out.status * 10 + (c - '0');
  }
  if (out.status < 100) return kMalformed;
  out.headers.clear();
  if (const Refusal refusal = parse_field_lines(head.substr(end + 2), kMaxFields, out.headers)) return refusal;
  if (const Refusal refusal = parse_framing(out.headers, out.minor, out.framing)) return refusal;

  // RFC 9112 section 6.3: steps 1 and 2, then 8: without a length the body ends with the connection.
  const std::string connection = out.headers.joined("Connection");
  out.keep_alive = out.minor >= 1 ? !list_contains(connection, "close") : list_contains(connection, "keep-alive");
  if (method == Method::head || out.status < 200 || out.status == 204 || out.status == 304) {
    out.framing = {};
  } else if (out.framing.kind == BodyKind::none && !out.headers.contains("Content-Length")) {
    out.framing.kind = BodyKind::until_close;
    out.keep_alive = false;
  }
  return {};
}

}  // namespace meridian::http::internal
