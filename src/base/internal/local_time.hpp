// Dates and times as microseconds on a local clock that knows no zone, counted from 1970-01-01T00:00.
#pragma once

#include <cstdint>

#include "base/date_time.hpp"

namespace meridian::internal {

inline constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosecondsPerDay = 86'400 * kMicrosecondsPerSecond;

struct LocalRange {
  std::int64_t start;
  std::int64_t end;
};

/// What the local clock shows while the value holds. An offset is not looked at.
LocalRange local_range(const DateTime& value);

constexpr std::uint64_t power_of_ten_64(int exponent) {
  std::uint64_t power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

}  // namespace meridian::internal
