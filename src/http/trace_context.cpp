#include "http/trace_context.hpp"

namespace meridian::http {
namespace {

bool is_id(std::string_view text) {
  bool zero = true;
  for (const char c : text) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
    zero = zero && c == '0';
  }
  return !zero;
}

bool is_hex_byte(std::string_view text) {
  for (const char c : text) {
    if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) return false;
  }
  return true;
}

}  // namespace

// https://www.w3.org/TR/trace-context/#traceparent-header-field-values
std::optional<TraceContext> parse_traceparent(std::string_view header) {
  constexpr std::size_t kSize = 55;
  if (header.size() < kSize || header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  const std::string_view version = header.substr(0, 2);
  if (!is_hex_byte(version) || version == "ff") return std::nullopt;
  if (version == "00" ? header.size() != kSize : (header.size() > kSize && header[kSize] != '-')) return std::nullopt;
  const std::string_view trace_id = header.substr(3, 32);
  const std::string_view parent_id = header.substr(36, 16);
  const std::string_view flags = header.substr(53, 2);
  if (!is_id(trace_id) || !is_id(parent_id) || !is_hex_byte(flags)) return std::nullopt;
  TraceContext trace;
  trace.trace_id = trace_id;
  trace.parent_id = parent_id;
  const int last = flags[1] <= '9' ? flags[1] - '0' : flags[1] - 'a' + 10;
  trace.sampled = (last & 1) != 0;
  return trace;
}

std::string to_traceparent(const TraceContext& trace) {
  std::string out = "00-";
  out.reserve(55);
  out += trace.trace_id;
  out += '-';
  out += trace.span_id;
  out += trace.sampled ? "-01" : "-00";
  return out;
}

}  // namespace meridian::http
