// `_lastUpdated` of a search: intervals of time, asked of the store, since no resource says it of itself.
// https://hl7.org/fhir/R4/search.html#lastUpdated
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.hpp"
#include "search/query.hpp"
#include "search/values.hpp"

namespace meridian::search::internal {

/// [from, to) in microseconds; INT64_MIN and INT64_MAX where it is open.
struct TimeSpan {
  std::int64_t from;
  std::int64_t to;
};

bool is_last_updated(const Condition& condition);
/// The moments that satisfy the condition: within any of them. invalid_argument when an operand is not a time.
Result<std::vector<TimeSpan>> time_spans(const Condition& condition, const Reading& reading);

}  // namespace meridian::search::internal
