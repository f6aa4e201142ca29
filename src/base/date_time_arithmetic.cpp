// Adding calendar durations to dates and times. https://hl7.org/fhirpath/N1/#datetime-arithmetic
#include <algorithm>

#include "base/civil.hpp"
#include "base/date_time.hpp"
#include "base/internal/local_time.hpp"

namespace meridian {
namespace {

constexpr std::int64_t kSecondsPerDay = 86'400;

tl::unexpected<Error> beyond_the_years() {
  return fail(ErrorCode::too_large, "the result lies outside of the years 0001 to 9999");
}

/// An amount whose fraction does not count, small enough to be multiplied by anything below.
Result<std::int64_t> whole(const Decimal& amount) {
  constexpr std::int64_t kMost = 1'000'000'000'000'000;  // milliseconds of 31,000 years
  const Result<std::int64_t> count = amount.truncated().to_int64();
  if (!count || *count < -kMost || *count > kMost) return beyond_the_years();
  return *count;
}

Result<Date> add_months(const Date& date, std::int64_t months) {
  const std::int64_t total = std::int64_t{date.year()} * 12 + std::max(date.month(), 1) - 1 + months;
  const std::int64_t year = internal::floor_divide(total, 12);
  if (year < 1 || year > 9999) return beyond_the_years();
  if (date.month() == 0) return Date::of(static_cast<int>(year));
  const auto month = static_cast<int>(total - year * 12 + 1);
  // A day that this month lacks becomes its last.
  return Date::of(static_cast<int>(year), month, std::min(date.day(), days_in_month(static_cast<int>(year), month)));
}

Result<Date> add_days(const Date& date, std::int64_t days) {
  constexpr std::int64_t kFirst = day_number({1, 1, 1});
  constexpr std::int64_t kLast = day_number({9999, 12, 31});
  const std::int64_t day = day_number({date.year(), date.month(), date.day()}) + days;
  if (day < kFirst || day > kLast) return beyond_the_years();
  const CivilDay civil = civil_day(day);
  return Date::of(civil.year, civil.month, civil.day);
}

/// A time of day in its own finest unit.
struct Ticks {
  Int128 count;
  Int128 per_day;
};

Int128 ticks_per_second(const Time& time) {
  return static_cast<Int128>(internal::power_of_ten_64(time.fraction_digits()));
}

/// The amount in whole ticks of the time's precision, cut off towards zero.
Result<Int128> ticks_of(const Decimal& amount, CalendarUnit unit, const Time& time) {
  // 1. In seconds: whole above the second, with its fraction from there on.
  Decimal seconds;
  if (unit == CalendarUnit::hour || unit == CalendarUnit::minute) {
    seconds = Decimal(TRY(whole(amount)) * (unit == CalendarUnit::hour ? 3600 : 60));
  } else if (unit == CalendarUnit::second) {
    seconds = amount;
  } else {
    seconds = TRY(multiply(amount, TRY(Decimal::make(1, 3))));
  }
  TRY(whole(seconds));
  // 2. In ticks.
  switch (time.precision()) {
    case Precision::hour:
      return Int128{TRY(whole(seconds)) / 3600};
    case Precision::minute:
      return Int128{TRY(whole(seconds)) / 60};
    default:
      return TRY(multiply(seconds, TRY(Decimal::make(ticks_per_second(time), 0)))).truncated().coefficient();
  }
}

Ticks ticks_of(const Time& time) {
  switch (time.precision()) {
    case Precision::hour:
      return {time.hour(), 24};
    case Precision::minute:
      return {time.hour() * 60 + time.minute(), 24 * 60};
    default: {
      const Int128 per_second = ticks_per_second(time);
      const int seconds = time.hour() * 3600 + time.minute() * 60 + time.second();
      return {seconds * per_second + static_cast<Int128>(time.fraction()), kSecondsPerDay * per_second};
    }
  }
}

Result<Time> time_of(Int128 ticks, const Time& like) {
  if (like.precision() == Precision::hour) return Time::of(static_cast<int>(ticks));
  if (like.precision() == Precision::minute)
    return Time::of(static_cast<int>(ticks / 60), static_cast<int>(ticks % 60));
  const Int128 per_second = ticks_per_second(like);
  const auto second = static_cast<int>(ticks / per_second);
  return Time::of(second / 3600, second / 60 % 60, second % 60, static_cast<std::uint64_t>(ticks % per_second),
                  like.fraction_digits());
}

struct Later {
  Time time;
  std::int64_t days;  // gone by
};

Result<Later> add_to_clock(const Time& time, const Decimal& amount, CalendarUnit unit) {
  const Ticks ticks = ticks_of(time);
  const Int128 sum = ticks.count + TRY(ticks_of(amount, unit, time));
  const Int128 days = sum / ticks.per_day - (sum % ticks.per_day < 0 ? 1 : 0);
  return Later{TRY(time_of(sum - days * ticks.per_day, time)), static_cast<std::int64_t>(days)};
}

}  // namespace

Result<Date> add(const Date& date, const Decimal& amount, CalendarUnit unit) {
  const std::int64_t count = TRY(whole(amount));
  if (unit == CalendarUnit::year) return add_months(date, count * 12);
  if (unit == CalendarUnit::month) {
    // Twelve months make a year; what is left over is finer than a bare year can show.
    return add_months(date, date.precision() == Precision::year ? count / 12 * 12 : count);
  }
  std::int64_t days = count;
  switch (unit) {
    case CalendarUnit::week:
      days = count * 7;
      break;
    case CalendarUnit::hour:
      days = count / 24;
      break;
    case CalendarUnit::minute:
      days = count / (24 * 60);
      break;
    case CalendarUnit::second:
      days = count / kSecondsPerDay;
      break;
    case CalendarUnit::millisecond:
      days = count / (kSecondsPerDay * 1000);
      break;
    default:
      break;
  }
  if (date.precision() == Precision::year) return add_months(date, days / 365 * 12);
  if (date.precision() == Precision::month) return add_months(date, days / 30);
  return add_days(date, days);
}

Result<Time> add(const Time& time, const Decimal& amount, CalendarUnit unit) {
  if (unit <= CalendarUnit::day) {
    return fail(ErrorCode::invalid_argument, "a time of day can only be moved by hours or finer units");
  }
  return TRY(add_to_clock(time, amount, unit)).time;
}

Result<DateTime> add(const DateTime& date_time, const Decimal& amount, CalendarUnit unit) {
  if (!date_time.has_time()) return DateTime(TRY(add(date_time.date(), amount, unit)));
  if (unit <= CalendarUnit::day) {
    return DateTime::of(TRY(add(date_time.date(), amount, unit)), date_time.time(), date_time.offset());
  }
  const Later later = TRY(add_to_clock(date_time.time(), amount, unit));
  return DateTime::of(TRY(add_days(date_time.date(), later.days)), later.time, date_time.offset());
}

}  // namespace meridian
