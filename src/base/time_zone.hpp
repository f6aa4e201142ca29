// TimeZone: the rules by which the clocks of a place go, from the system's IANA database.
//
// A tenant and a feed have a zone; dates and times without an offset were written there. A value to copy; its rules
// live as long as the program and do not change while it runs. Any thread.
// Specification: https://www.iana.org/time-zones
#pragma once

#include <string_view>

#include "base/date_time.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"

namespace date {
class time_zone;
}

namespace meridian {

class TimeZone {
 public:
  /// UTC.
  constexpr TimeZone() = default;
  /// `Asia/Shanghai`. not_found for a name that the database lacks, io_failure when there is no database.
  static Result<TimeZone> find(std::string_view name);

  std::string_view name() const;
  /// How far clocks there are ahead of UTC at that instant.
  Duration offset_at(Instant instant) const;
  /// The first instant at which a clock there can show this local time, and the last. They differ in the hour that is
  /// repeated in autumn. A time that is skipped in spring is taken as the instant of the change.
  Instant earliest(std::int64_t local_microseconds) const;
  Instant latest(std::int64_t local_microseconds) const;

  bool operator==(const TimeZone&) const = default;

 private:
  const date::time_zone* zone_ = nullptr;
};

/// Every instant that the value can mean when values without an offset were written in this zone.
InstantRange instant_range(const DateTime& date_time, const TimeZone& zone);
InstantRange instant_range(const Date& date, const TimeZone& zone);

/// What a clock in this zone shows. Offsets of old times that had seconds are given without them.
DateTime local_time(Instant instant, const TimeZone& zone, int fraction_digits = 3);

}  // namespace meridian
