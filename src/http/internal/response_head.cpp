#include "http/internal/response_head.hpp"

#include <charconv>
#include <ctime>

#include "base/random.hpp"
#include "http/conditional.hpp"

namespace meridian::http::internal {
namespace {

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

// The date changes once a second; making it costs more than a small response.
const std::string& date_now() {
  thread_local std::time_t made_at = 0;
  thread_local std::string text;
  timespec now{};
  clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != made_at) {
    made_at = now.tv_sec;
    text = to_http_date(now.tv_sec);
  }
  return text;
}

// Framing and connection are the server's to say; a handler's own would make two messages of one.
bool belongs_to_server(std::string_view name) {
  switch (name.size()) {
    case 4:
      return equals_ignoring_case(name, "Date");
    case 7:
      return equals_ignoring_case(name, "Upgrade");
    case 10:
      return equals_ignoring_case(name, "Connection") || equals_ignoring_case(name, "Keep-Alive");
    case 14:
      return equals_ignoring_case(name, "Content-Length");
    case 17:
      return equals_ignoring_case(name, "Transfer-Encoding");
    default:
      return false;
  }
}

bool allows_origin(const CorsOptions& cors, std::string_view origin, bool& any) {
  for (const std::string& allowed : cors.origins) {
    if (allowed == "*") {
      any = true;
      return true;
    }
    if (allowed == origin) return true;
  }
  return false;
}

std::string join(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) {
    if (!out.empty()) out += ", ";
    out += item;
  }
  return out;
}

}  // namespace

bool may_have_body(int status) {
  return status >= 200 && status != 204 && status != 304;
}

void append_head(std::string& out, const Response& response, const Request& request, const Sending& sending,
                 const ServerOptions& options) {
  out += "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += reason_phrase(response.status);
  out += "\r\nDate: ";
  out += date_now();
  out += "\r\n";
  if (!options.server_name.empty()) append_field(out, "Server", options.server_name);
  for (std::size_t i = 0; i < response.headers.size(); ++i) {
    const Field field = response.headers[i];
    if (!belongs_to_server(field.name)) append_field(out, field.name, field.value);
  }
  if (request.trace.is_set()) {
    out += "traceresponse: ";
    request.trace.append_to(out);
    out += "\r\n";
  }
  if (options.hsts_seconds > 0 && request.peer.encrypted) {
    append_field(out, "Strict-Transport-Security", "max-age=" + std::to_string(options.hsts_seconds));
  }
  if (options.cors.enabled) append_cors(out, request, options.cors);
  if (sending.framing.kind == BodyKind::chunked) {
    out += "Transfer-Encoding: chunked\r\n";
  } else if (sending.framing.kind == BodyKind::length) {
    out += "Content-Length: ";
    append_number(out, sending.framing.length);
    out += "\r\n";
  }
  if (!sending.keep_alive) {
    out += "Connection: close\r\n";
  } else if (sending.minor == 0) {
    out += "Connection: keep-alive\r\n";
  }
  out += "\r\n";
}

// https://fetch.spec.whatwg.org/#http-cors-protocol
void append_cors(std::string& out, const Request& request, const CorsOptions& cors) {
  const auto origin = request.headers.find("Origin");
  // Caches must not give one origin's answer to another, also when this one had no Origin.
  append_field(out, "Vary", "Origin");
  bool any = false;
  if (!origin || !allows_origin(cors, *origin, any)) return;
  append_field(out, "Access-Control-Allow-Origin", any ? std::string_view("*") : *origin);
  if (cors.credentials && !any) append_field(out, "Access-Control-Allow-Credentials", "true");
  if (!cors.exposed_headers.empty()) append_field(out, "Access-Control-Expose-Headers", join(cors.exposed_headers));
}

std::optional<Response> answer_preflight(const Request& request, const CorsOptions& cors) {
  if (!cors.enabled || request.method != Method::options || !request.headers.contains("Origin") ||
      !request.headers.contains("Access-Control-Request-Method")) {
    return std::nullopt;
  }
  Response response(204);
  bool any = false;
  if (allows_origin(cors, request.headers.get("Origin"), any)) {
    response.headers.add("Access-Control-Allow-Methods", join(cors.methods));
    response.headers.add("Access-Control-Allow-Headers", join(cors.request_headers));
    response.headers.add("Access-Control-Max-Age", std::to_string(cors.max_age_seconds));
  }
  return response;
}

TraceContext trace_of(const Headers& headers) {
  // Ids must differ, not surprise: no system call for each request.
  thread_local SeededRandom random(system_random().next());
  // Two traceparents could be read two ways: then none is believed.
  if (headers.count("traceparent") == 1) {
    if (const Result<TraceContext> given = TraceContext::parse(headers.get("traceparent"))) return given->child(random);
  }
  return TraceContext::start(random);
}

}  // namespace meridian::http::internal
