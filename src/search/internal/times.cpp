#include "search/internal/times.hpp"

#include <algorithm>
#include <cstdlib>

#include "base/clock.hpp"
#include "base/date_time.hpp"
#include "base/time_zone.hpp"

namespace meridian::search::internal {

namespace {

constexpr std::int64_t kNever = INT64_MIN;
constexpr std::int64_t kForever = INT64_MAX;

Result<TimeSpan> moment(const std::string& text, const Reading& reading) {
  const auto parsed = DateTime::parse(text);
  if (!parsed)
    return fail(ErrorCode::invalid_argument, "a date such as 2020-01-31 or a time with its offset is expected");
  const InstantRange range = instant_range(*parsed, reading.zone);
  return TimeSpan{range.start.microseconds(), range.end.microseconds()};
}

/// Within a tenth of how long ago it was: https://hl7.org/fhir/R4/search.html#prefix
TimeSpan near(TimeSpan span, const Reading& reading) {
  const std::int64_t now = (reading.now ? *reading.now : system_clock().now()).microseconds();
  const std::int64_t gap = std::abs(now - span.from) / 10;
  return {span.from - gap, span.to + gap};
}

}  // namespace

bool is_last_updated(const Condition& condition) {
  return condition.parameter != nullptr && condition.parameter->code == "_lastUpdated" && condition.chain.empty();
}

Result<std::vector<TimeSpan>> time_spans(const Condition& condition, const Reading& reading) {
  std::vector<TimeSpan> spans;
  if (condition.modifier == Modifier::missing) {
    const bool wants_missing = !condition.operands.empty() && condition.operands.front().text == "true";
    if (!wants_missing) spans.push_back({kNever, kForever});
    return spans;
  }
  if (condition.modifier != Modifier::none) return fail(ErrorCode::unsupported, "_lastUpdated has no such modifier");
  for (const Operand& operand : condition.operands) {
    const TimeSpan at = TRY(moment(operand.text, reading));
    switch (operand.prefix) {
      case Prefix::eq:
      case Prefix::overlaps:
        spans.push_back(at);
        break;
      case Prefix::ne:
        spans.push_back({kNever, at.from});
        spans.push_back({at.to, kForever});
        break;
      case Prefix::gt:
      case Prefix::sa:
        spans.push_back({at.to, kForever});
        break;
      case Prefix::lt:
      case Prefix::eb:
        spans.push_back({kNever, at.from});
        break;
      case Prefix::ge:
        spans.push_back({at.from, kForever});
        break;
      case Prefix::le:
        spans.push_back({kNever, at.to});
        break;
      case Prefix::ap:
        spans.push_back(near(at, reading));
        break;
    }
  }
  return spans;
}

}  // namespace meridian::search::internal
