#include "rest/care_time.hpp"

#include <array>
#include <limits>
#include <string_view>

#include "base/date_time.hpp"

namespace meridian::rest {
namespace {

using fhir::Node;

constexpr Instant kEarliest = Instant::from_microseconds(std::numeric_limits<std::int64_t>::min());
constexpr Instant kLatest = Instant::from_microseconds(std::numeric_limits<std::int64_t>::max());

std::optional<InstantRange> range_of(Node value) {
  if (value.has_value()) {
    const Result<DateTime> moment = DateTime::parse_fhir(value.text());
    if (!moment) return std::nullopt;
    return instant_range(*moment, UtcOffset());
  }
  const Node start = value.child("start");
  const Node end = value.child("end");
  if (!start && !end) return std::nullopt;
  InstantRange range{kEarliest, kLatest};
  if (start) {
    if (const auto from = range_of(start)) range.start = from->start;
  }
  if (end) {
    if (const auto until = range_of(end)) range.end = until->end;
  }
  return range;
}

}  // namespace

std::optional<InstantRange> care_time(Node resource) {
  constexpr std::array<std::string_view, 16> kElements{
      "effective", "performed",      "occurrence", "period", "onset",   "recordedDate", "authoredOn", "authored",
      "issued",    "billablePeriod", "serviced",   "start",  "started", "date",         "created",    "sent"};
  for (const std::string_view name : kElements) {
    if (const Node value = resource.child(name)) {
      if (const auto range = range_of(value)) return range;
    }
  }
  return std::nullopt;
}

}  // namespace meridian::rest
