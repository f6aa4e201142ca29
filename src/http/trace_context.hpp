// TraceContext: W3C traceparent, accepted from the caller or begun here, answered in the response.
// https://www.w3.org/TR/trace-context/
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meridian::http {

struct TraceContext {
  std::string trace_id;   ///< 32 lower-case hexadecimal digits
  std::string parent_id;  ///< 16; the caller's span, empty when the trace began here
  std::string span_id;    ///< 16; this request's own span
  bool sampled = false;
  bool operator==(const TraceContext&) const = default;
};

/// Reads version 00, and later versions as far as 00 defines; nothing when it is not well formed.
std::optional<TraceContext> parse_traceparent(std::string_view header);
/// "00-<trace id>-<span id>-01"
std::string to_traceparent(const TraceContext& trace);

}  // namespace meridian::http
