#include "base/time_zone.hpp"

#include <date/tz.h>

#include <algorithm>
#include <exception>
#include <vector>

#include "base/internal/local_time.hpp"

namespace meridian {
namespace {

date::local_time<std::chrono::microseconds> local_of(std::int64_t microseconds) {
  return date::local_time<std::chrono::microseconds>(std::chrono::microseconds(microseconds));
}

date::sys_time<std::chrono::microseconds> system_of(Instant instant) {
  return date::sys_time<std::chrono::microseconds>(std::chrono::microseconds(instant.microseconds()));
}

Instant instant_of(date::sys_time<std::chrono::microseconds> time) {
  return Instant::from_microseconds(time.time_since_epoch().count());
}

}  // namespace

Result<TimeZone> TimeZone::find(std::string_view name) {
  try {
    // The zones are sorted by name. (The library's own search differs between its builds.)
    const std::vector<date::time_zone>& zones = date::get_tzdb().zones;
    const auto found =
        std::lower_bound(zones.begin(), zones.end(), name,
                         [](const date::time_zone& zone, std::string_view wanted) { return zone.name() < wanted; });
    if (found == zones.end() || found->name() != name) {
      return fail(ErrorCode::not_found, "the time zone database has no zone of this name; write it like Asia/Shanghai");
    }
    found->get_info(date::sys_seconds());  // reads its rules now, where a failure can be told
    TimeZone zone;
    zone.zone_ = &*found;
    return zone;
  } catch (const std::exception&) {
    return fail(ErrorCode::io_failure, "the system has no time zone database; install tzdata");
  }
}

std::string_view TimeZone::name() const {
  return zone_ == nullptr ? std::string_view("UTC") : zone_->name();
}

Duration TimeZone::offset_at(Instant instant) const {
  if (zone_ == nullptr) return {};
  return Duration::seconds(zone_->get_info(system_of(instant)).offset.count());
}

Instant TimeZone::earliest(std::int64_t local) const {
  if (zone_ == nullptr) return Instant::from_microseconds(local);
  return instant_of(zone_->to_sys(local_of(local), date::choose::earliest));
}

Instant TimeZone::latest(std::int64_t local) const {
  if (zone_ == nullptr) return Instant::from_microseconds(local);
  return instant_of(zone_->to_sys(local_of(local), date::choose::latest));
}

InstantRange instant_range(const DateTime& date_time, const TimeZone& zone) {
  if (date_time.offset()) return instant_range(date_time, UtcOffset());
  const internal::LocalRange local = internal::local_range(date_time);
  // The end is where the last moment of the value is over: its last microsecond, and one more.
  const Instant end = zone.latest(local.end - 1) + Duration::microseconds(1);
  const Instant start = zone.earliest(local.start);
  // A time that the clocks skip is no time at all there; it is given the instant of the change.
  return {start, end > start ? end : start};
}

InstantRange instant_range(const Date& date, const TimeZone& zone) {
  return instant_range(DateTime(date), zone);
}

DateTime local_time(Instant instant, const TimeZone& zone, int fraction_digits) {
  const std::int64_t minutes = zone.offset_at(instant).microseconds() / Duration::minutes(1).microseconds();
  return DateTime::at(instant, UtcOffset::of(static_cast<int>(minutes)).value_or(UtcOffset()), fraction_digits);
}

}  // namespace meridian
