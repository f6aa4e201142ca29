#include "base/trace.hpp"

#include <optional>

#include "base/random.hpp"

namespace meridian {
namespace {

thread_local TraceContext current;

constexpr std::size_t kTextSize = 55;

char* put(char* to, std::uint64_t value, int digits) {
  constexpr char kDigits[] = "0123456789abcdef";
  for (int i = digits; i-- > 0; value >>= 4) to[i] = kDigits[value & 15];
  return to + digits;
}

/// Hexadecimal digits in lower case only, as the standard has it.
std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const bool decimal = c >= '0' && c <= '9';
    if (!decimal && (c < 'a' || c > 'f')) return std::nullopt;
    value = value << 4 | static_cast<std::uint64_t>(decimal ? c - '0' : c - 'a' + 10);
  }
  return value;
}

std::uint64_t not_zero(Random& random) {
  std::uint64_t value = 0;
  while (value == 0) value = random.next();
  return value;
}

}  // namespace

TraceContext TraceContext::start(Random& random) {
  TraceContext trace;
  trace.trace_ = {random.next(), not_zero(random)};
  trace.span_ = not_zero(random);
  trace.flags_ = 1;
  return trace;
}

Result<TraceContext> TraceContext::parse(std::string_view text) {
  const auto malformed = [] {
    return fail(ErrorCode::malformed_input, "a traceparent is written 00-<32 digits>-<16 digits>-<2 digits>");
  };
  // version "-" trace-id "-" parent-id "-" trace-flags, and from later versions more after another "-"
  if (text.size() < kTextSize || text[2] != '-' || text[35] != '-' || text[52] != '-') return malformed();
  const auto version = number(text.substr(0, 2));
  if (!version || *version == 0xFF) return malformed();
  if (*version == 0 ? text.size() != kTextSize : text.size() > kTextSize && text[kTextSize] != '-') return malformed();
  const auto high = number(text.substr(3, 16));
  const auto low = number(text.substr(19, 16));
  const auto span = number(text.substr(36, 16));
  const auto flags = number(text.substr(53, 2));
  if (!high || !low || !span || !flags) return malformed();
  if ((*high == 0 && *low == 0) || *span == 0) return malformed();
  TraceContext trace;
  trace.trace_ = {*high, *low};
  trace.span_ = *span;
  trace.flags_ = static_cast<std::uint8_t>(*flags);
  return trace;
}

TraceContext TraceContext::child(Random& random) const {
  if (!is_set()) return start(random);
  TraceContext trace = *this;
  trace.span_ = not_zero(random);
  return trace;
}

std::string TraceContext::to_string() const {
  std::string out;
  append_to(out);
  return out;
}

void TraceContext::append_to(std::string& out) const {
  out.append(kTextSize, '-');
  char* at = put(out.data() + out.size() - kTextSize, 0, 2) + 1;
  at = put(at, trace_[0], 16);
  at = put(at, trace_[1], 16) + 1;
  at = put(at, span_, 16) + 1;
  put(at, flags_ & 1u, 2);  // the only flag of version 00
}

std::string TraceContext::trace_id() const {
  if (!is_set()) return {};
  std::string out(32, '0');
  put(put(out.data(), trace_[0], 16), trace_[1], 16);
  return out;
}

std::string TraceContext::span_id() const {
  if (!is_set()) return {};
  std::string out(16, '0');
  put(out.data(), span_, 16);
  return out;
}

const TraceContext& current_trace() {
  return current;
}

TraceScope::TraceScope(const TraceContext& trace) : before_(current) {
  current = trace;
}
TraceScope::~TraceScope() {
  current = before_;
}

}  // namespace meridian
