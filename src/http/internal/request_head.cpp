#include "http/internal/request_head.hpp"

namespace meridian::http::internal {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// uri-host [ ":" port ]; an IPv6 address stands in brackets. Enough to refuse what could split a log or a URL.
bool is_host(std::string_view host) {
  std::size_t end = host.size();
  if (host.starts_with('[')) {
    const std::size_t close = host.find(']');
    if (close == std::string_view::npos) return false;
    for (const char c : host.substr(1, close - 1)) {
      const bool hex = is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      if (!hex && c != ':' && c != '.') return false;
    }
    end = close + 1;
  } else {
    end = host.find(':') == std::string_view::npos ? host.size() : host.find(':');
    for (const char c : host.substr(0, end)) {
      const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
      if (!letter && std::string_view("-._~!$&'()*+;=%").find(c) == std::string_view::npos) return false;
    }
  }
  if (end == host.size()) return true;
  if (host[end] != ':') return false;
  for (const char c : host.substr(end + 1)) {
    if (!is_digit(c)) return false;
  }
  return true;
}

Refusal parse_request_line(std::string_view line, const ServerLimits& limits, RequestHead& out) {
  constexpr Refusal kMalformed{400, "malformed-request-line", "The request line is malformed."};
  const std::size_t first = line.find(' ');
  if (first == std::string_view::npos) return kMalformed;
  const std::size_t second = line.find(' ', first + 1);
  if (second == std::string_view::npos) return kMalformed;
  const std::string_view token = line.substr(0, first);
  const std::string_view target = line.substr(first + 1, second - first - 1);
  const std::string_view version = line.substr(second + 1);

  if (!is_token(token)) return kMalformed;
  if (version.size() != 8 || !version.starts_with("HTTP/") || version[6] != '.' || !is_digit(version[5]) ||
      !is_digit(version[7])) {
    return kMalformed;
  }
  if (version[5] != '1') return {505, "version-unknown", "This server speaks HTTP/1.1 and HTTP/1.0."};
  out.minor = version[7] == '0' ? 0 : 1;
  if (target.size() > limits.target_bytes) return {414, "target-too-long", "The request target is too long."};

  const std::optional<Method> method = method_named(token);
  if (!method) return {501, "method-unknown", "This server does not know that method."};
  out.method = *method;
  if (Result<> parsed = parse_target(target, out.target); !parsed) {
    if (parsed.error().code() == ErrorCode::too_large)
      return {414, "target-too-long", "The request target has too many parts."};
    return {400, "malformed-target", "The request target is malformed."};
  }
  if (out.target.path == "*" && out.method != Method::options) {
    return {400, "malformed-target", "Only OPTIONS may ask about the server as a whole."};
  }
  return {};
}

}  // namespace

Refusal parse_request_head(std::string_view head, const ServerLimits& limits, RequestHead& out) {
  // Section 2.2: an empty line before the request line is ignored.
  if (head.starts_with("\r\n")) head.remove_prefix(2);
  head.remove_suffix(2);
  const std::size_t end = head.find("\r\n");
  if (end == std::string_view::npos) return {400, "malformed-request-line", "The request line is malformed."};
  if (const Refusal refusal = parse_request_line(head.substr(0, end), limits, out)) return refusal;
  out.headers.clear();
  if (const Refusal refusal = parse_field_lines(head.substr(end + 2), limits.header_fields, out.headers))
    return refusal;
  if (const Refusal refusal = parse_framing(out.headers, out.minor, out.framing)) return refusal;

  // Section 3.2: exactly one Host in HTTP/1.1, at most one before.
  const std::size_t hosts = out.headers.count("Host");
  if (hosts > 1) return {400, "several-hosts", "Host stands more than once."};
  if (hosts == 0 && out.minor >= 1) return {400, "no-host", "Host is missing."};
  if (hosts == 1 && !is_host(out.headers.get("Host"))) return {400, "malformed-host", "Host is malformed."};

  // Section 9.3: persistence.
  out.keep_alive = out.minor >= 1;
  for (std::size_t i = 0; i < out.headers.size(); ++i) {
    const Field field = out.headers[i];
    if (!equals_ignoring_case(field.name, "Connection")) continue;
    if (out.minor == 0 && list_contains(field.value, "keep-alive")) out.keep_alive = true;
  }
  // "close" wins whatever else is said.
  if (out.headers.contains("Connection") && list_contains(out.headers.joined("Connection"), "close")) {
    out.keep_alive = false;
  }

  // RFC 9110 section 10.1.1: the one expectation there is; HTTP/1.0 does not know it.
  if (const std::optional<std::string_view> expect = out.headers.find("Expect"); expect && out.minor >= 1) {
    if (!equals_ignoring_case(*expect, "100-continue")) {
      return {417, "expectation-unknown", "The only expectation known here is 100-continue."};
    }
    out.expects_continue = true;
  } else {
    out.expects_continue = false;
  }
  return {};
}

std::string to_text(const RequestHead& head) {
  std::string out(name(head.method));
  out += ' ';
  out += head.target.raw;
  out += head.minor == 0 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n";
  for (std::size_t i = 0; i < head.headers.size(); ++i) {
    const Field field = head.headers[i];
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  out += "\r\n";
  return out;
}

}  // namespace meridian::http::internal
