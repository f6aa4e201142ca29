// Which of two dates or times is first, and what instants they cover.
#include <algorithm>

#include "base/civil.hpp"
#include "base/date_time.hpp"
#include "base/internal/local_time.hpp"

namespace meridian {
namespace {

using Order = std::optional<std::strong_ordering>;

constexpr int kMinutesPerDay = 24 * 60;
constexpr int kWidestOffset = 14 * 60;  // of a time zone, in minutes

/// A whole date with a time, moved into UTC.
struct Moved {
  std::int64_t day;
  int minute;  // of the day
};

Moved moved(const DateTime& value, int offset_minutes) {
  const int minute = value.time().hour() * 60 + value.time().minute() - offset_minutes;
  const auto days = internal::floor_divide(minute, kMinutesPerDay);
  return {day_number({value.date().year(), value.date().month(), value.date().day()}) + days,
          minute - static_cast<int>(days) * kMinutesPerDay};
}

/// The second as a decimal, in units of 10^-18.
UInt128 second_of(const Time& time) {
  constexpr int kDigits = Time::kMaxFractionDigits;
  return UInt128{internal::power_of_ten_64(kDigits)} * static_cast<UInt128>(time.second()) +
         time.fraction() * internal::power_of_ten_64(kDigits - time.fraction_digits());
}

/// Steps 3 to 5 of a comparison: hour, minute, second with its fraction.
Order compare_times(const Time& a, int hour_a, int minute_a, const Time& b, int hour_b, int minute_b) {
  if (hour_a != hour_b) return hour_a <=> hour_b;
  const Precision precision_a = std::min(a.precision(), Precision::second);
  const Precision precision_b = std::min(b.precision(), Precision::second);
  const Precision shared = std::min(precision_a, precision_b);
  if (shared >= Precision::minute && minute_a != minute_b) return minute_a <=> minute_b;
  if (shared >= Precision::second) {
    const UInt128 second_a = second_of(a);
    const UInt128 second_b = second_of(b);
    if (second_a != second_b) return second_a < second_b ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (precision_a != precision_b) return std::nullopt;
  return std::strong_ordering::equal;
}

Order compare_moved(const DateTime& a, int offset_a, const DateTime& b, int offset_b) {
  const Moved left = moved(a, offset_a);
  const Moved right = moved(b, offset_b);
  if (left.day != right.day) return left.day <=> right.day;
  return compare_times(a.time(), left.minute / 60, left.minute % 60, b.time(), right.minute / 60, right.minute % 60);
}

/// A value without an offset against one with: known when it is the same from one edge of the Earth to the other.
Order compare_floating(const DateTime& floating, const DateTime& fixed) {
  const Order east = compare_moved(floating, kWidestOffset, fixed, fixed.offset()->minutes());
  const Order west = compare_moved(floating, -kWidestOffset, fixed, fixed.offset()->minutes());
  return east == west ? east : std::nullopt;
}

}  // namespace

std::optional<std::strong_ordering> compare(const Date& a, const Date& b) {
  // 1. Each precision in order, beginning with years; the first difference decides.
  if (a.year() != b.year()) return a.year() <=> b.year();
  const Precision shared = std::min(a.precision(), b.precision());
  if (shared >= Precision::month && a.month() != b.month()) return a.month() <=> b.month();
  if (shared >= Precision::day && a.day() != b.day()) return a.day() <=> b.day();
  // 2. One has a precision that the other lacks: not known.
  if (a.precision() != b.precision()) return std::nullopt;
  // 3. The last precision has been reached.
  return std::strong_ordering::equal;
}

std::optional<std::strong_ordering> compare(const Time& a, const Time& b) {
  return compare_times(a, a.hour(), a.minute(), b, b.hour(), b.minute());
}

std::optional<std::strong_ordering> compare(const DateTime& a, const DateTime& b) {
  if (!a.has_time() || !b.has_time()) {
    // Offsets matter only where hours are compared.
    const Order dates = compare(a.date(), b.date());
    if (a.has_time() != b.has_time() && dates == std::strong_ordering::equal) return std::nullopt;
    return dates;
  }
  if (a.offset() && !b.offset()) {
    const Order reversed = compare_floating(b, a);
    return reversed ? Order(0 <=> *reversed) : std::nullopt;
  }
  if (!a.offset() && b.offset()) return compare_floating(a, b);
  return compare_moved(a, a.offset().value_or(UtcOffset()).minutes(), b, b.offset().value_or(UtcOffset()).minutes());
}

internal::LocalRange internal::local_range(const DateTime& value) {
  const Date& date = value.date();
  const CivilDay first{date.year(), std::max(date.month(), 1), std::max(date.day(), 1)};
  const std::int64_t start = day_number(first) * kMicrosecondsPerDay;
  switch (value.precision()) {
    case Precision::year:
      return {start, day_number({first.year + 1, 1, 1}) * kMicrosecondsPerDay};
    case Precision::month:
      return {start, start + days_in_month(first.year, first.month) * kMicrosecondsPerDay};
    case Precision::day:
      return {start, start + kMicrosecondsPerDay};
    default:
      break;
  }
  const Time& time = value.time();
  const std::int64_t seconds = time.hour() * 3600 + time.minute() * 60 + time.second();
  const std::int64_t from = start + seconds * kMicrosecondsPerSecond + time.microsecond();
  switch (value.precision()) {
    case Precision::hour:
      return {from, from + 3600 * kMicrosecondsPerSecond};
    case Precision::minute:
      return {from, from + 60 * kMicrosecondsPerSecond};
    case Precision::second:
      return {from, from + kMicrosecondsPerSecond};
    default:
      return {from, from + static_cast<std::int64_t>(power_of_ten_64(std::max(0, 6 - time.fraction_digits())))};
  }
}

InstantRange instant_range(const DateTime& date_time, UtcOffset default_offset) {
  const internal::LocalRange local = internal::local_range(date_time);
  const Duration ahead = Duration::minutes(date_time.offset().value_or(default_offset).minutes());
  return {Instant::from_microseconds(local.start) - ahead, Instant::from_microseconds(local.end) - ahead};
}

InstantRange instant_range(const Date& date, UtcOffset offset) {
  return instant_range(DateTime(date), offset);
}

}  // namespace meridian
