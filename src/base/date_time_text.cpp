// Dates and times from and to text.
#include <algorithm>

#include "base/civil.hpp"
#include "base/date_time.hpp"
#include "base/internal/local_time.hpp"

namespace meridian {
namespace {

tl::unexpected<Error> not_in_form(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}
tl::unexpected<Error> out_of_range(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}

/// The number that two or four digits make, or -1.
int number(std::string_view digits) {
  int value = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') return -1;
    value = value * 10 + (c - '0');
  }
  return value;
}

void put(std::string& out, std::uint64_t value, int width) {
  char digits[20];
  for (int i = width; i-- > 0; value /= 10) digits[i] = static_cast<char>('0' + value % 10);
  out.append(digits, static_cast<std::size_t>(width));
}

void put(std::string& out, const Date& date) {
  put(out, static_cast<std::uint64_t>(date.year()), 4);
  if (date.month() == 0) return;
  out += '-';
  put(out, static_cast<std::uint64_t>(date.month()), 2);
  if (date.day() == 0) return;
  out += '-';
  put(out, static_cast<std::uint64_t>(date.day()), 2);
}

void put(std::string& out, const Time& time) {
  put(out, static_cast<std::uint64_t>(time.hour()), 2);
  if (time.precision() == Precision::hour) return;
  out += ':';
  put(out, static_cast<std::uint64_t>(time.minute()), 2);
  if (time.precision() == Precision::minute) return;
  out += ':';
  put(out, static_cast<std::uint64_t>(time.second()), 2);
  if (time.precision() == Precision::second) return;
  out += '.';
  put(out, time.fraction(), time.fraction_digits());
}

}  // namespace

Result<Date> Date::of(int year, int month, int day) {
  if (year < 1 || year > 9999) return out_of_range("the year is not between 0001 and 9999");
  if (month < 0 || month > 12) return out_of_range("the month is not between 01 and 12");
  if (day < 0 || (day > 0 && (month == 0 || day > days_in_month(year, month)))) {
    return out_of_range("the month has no such day");
  }
  Date date;
  date.year_ = static_cast<std::int16_t>(year);
  date.month_ = static_cast<std::uint8_t>(month);
  date.day_ = static_cast<std::uint8_t>(day);
  return date;
}

Result<Date> Date::parse(std::string_view text) {
  constexpr const char* kForm = "a date is written 2015, 2015-02 or 2015-02-04";
  const bool dashes = (text.size() < 5 || text[4] == '-') && (text.size() < 8 || text[7] == '-');
  if ((text.size() != 4 && text.size() != 7 && text.size() != 10) || !dashes) return not_in_form(kForm);
  const int year = number(text.substr(0, 4));
  const int month = text.size() >= 7 ? number(text.substr(5, 2)) : 0;
  const int day = text.size() == 10 ? number(text.substr(8, 2)) : 0;
  if (year < 0 || month < 0 || day < 0) return not_in_form(kForm);
  // Written zeros are not the zeros of "not known".
  if (text.size() >= 7 && month == 0) return out_of_range("the month is not between 01 and 12");
  if (text.size() == 10 && day == 0) return out_of_range("the month has no such day");
  return of(year, month, day);
}

std::string Date::to_string() const {
  std::string out;
  put(out, *this);
  return out;
}

Result<Time> Time::of(int hour, int minute, int second, std::uint64_t fraction, int fraction_digits) {
  if (hour < 0 || hour > 23) return out_of_range("the hour is not between 00 and 23");
  if (minute < -1 || minute > 59) return out_of_range("the minute is not between 00 and 59");
  if (second < -1 || second > 60) return out_of_range("the second is not between 00 and 60");
  if ((minute < 0 && second >= 0) || (second < 0 && fraction_digits > 0)) {
    return fail(ErrorCode::invalid_argument, "a time cannot know its seconds without its minutes");
  }
  if (fraction_digits < 0 || fraction_digits > kMaxFractionDigits ||
      fraction >= internal::power_of_ten_64(fraction_digits)) {
    return out_of_range("the fraction of the second has more than 18 digits");
  }
  Time time;
  time.hour_ = static_cast<std::uint8_t>(hour);
  time.minute_ = static_cast<std::uint8_t>(std::max(minute, 0));
  time.second_ = static_cast<std::uint8_t>(std::max(second, 0));
  time.fraction_ = fraction;
  time.fraction_digits_ = static_cast<std::uint8_t>(fraction_digits);
  time.precision_ = minute < 0            ? Precision::hour
                    : second < 0          ? Precision::minute
                    : fraction_digits > 0 ? Precision::fraction
                                          : Precision::second;
  return time;
}

Result<Time> Time::parse(std::string_view text) {
  constexpr const char* kForm = "a time is written 14, 14:30, 14:30:15 or 14:30:15.250";
  const std::size_t size = text.size();
  const bool marks = (size < 3 || text[2] == ':') && (size < 6 || text[5] == ':') && (size < 9 || text[8] == '.');
  if ((size != 2 && size != 5 && size != 8 && size < 10) || !marks) return not_in_form(kForm);
  const int hour = number(text.substr(0, 2));
  const int minute = size >= 5 ? number(text.substr(3, 2)) : 0;
  const int second = size >= 8 ? number(text.substr(6, 2)) : 0;
  if (hour < 0 || minute < 0 || second < 0) return not_in_form(kForm);
  if (size == 2) return of(hour);
  if (size == 5) return of(hour, minute);
  if (size == 8) return of(hour, minute, second);

  const std::string_view digits = text.substr(9);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return not_in_form(kForm);
  if (digits.size() > kMaxFractionDigits) return out_of_range("the fraction of the second has more than 18 digits");
  std::uint64_t fraction = 0;
  for (const char c : digits) fraction = fraction * 10 + static_cast<std::uint64_t>(c - '0');
  return of(hour, minute, second, fraction, static_cast<int>(digits.size()));
}

Result<Time> Time::parse_fhir(std::string_view text) {
  if (text.size() < 8) return not_in_form("a time is written 14:30:15 or 14:30:15.250");
  return parse(text);
}

std::int64_t Time::microsecond() const {
  return static_cast<std::int64_t>(fraction_digits_ <= 6 ? fraction_ * internal::power_of_ten_64(6 - fraction_digits_)
                                                         : fraction_ / internal::power_of_ten_64(fraction_digits_ - 6));
}

std::string Time::to_string() const {
  std::string out;
  put(out, *this);
  return out;
}

Result<UtcOffset> UtcOffset::of(int minutes) {
  if (minutes < -14 * 60 || minutes > 14 * 60) return out_of_range("the offset is not between -14:00 and +14:00");
  UtcOffset offset;
  offset.minutes_ = static_cast<std::int16_t>(minutes);
  offset.sign_ = minutes < 0 ? '-' : '+';
  return offset;
}

Result<UtcOffset> UtcOffset::parse(std::string_view text) {
  if (text == "Z") return UtcOffset();
  constexpr const char* kForm = "an offset is written Z or +08:00";
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return not_in_form(kForm);
  const int hours = number(text.substr(1, 2));
  const int minutes = number(text.substr(4, 2));
  if (hours < 0 || minutes < 0) return not_in_form(kForm);
  if (minutes > 59) return out_of_range("the minutes of the offset are not between 00 and 59");
  UtcOffset offset = TRY(of((text[0] == '-' ? -1 : 1) * (hours * 60 + minutes)));
  offset.sign_ = text[0];
  return offset;
}

std::string UtcOffset::to_string() const {
  std::string out(1, sign_);
  if (sign_ == 'Z') return out;
  const auto minutes = static_cast<std::uint64_t>(minutes_ < 0 ? -minutes_ : minutes_);
  put(out, minutes / 60, 2);
  out += ':';
  put(out, minutes % 60, 2);
  return out;
}

Result<DateTime> DateTime::of(Date date, Time time, std::optional<UtcOffset> offset) {
  if (date.precision() != Precision::day) {
    return fail(ErrorCode::malformed_input, "a time of day needs a whole date before it");
  }
  DateTime out(date);
  out.time_ = time;
  out.has_time_ = true;
  out.has_offset_ = offset.has_value();
  out.offset_ = offset.value_or(UtcOffset());
  return out;
}

Result<DateTime> DateTime::parse(std::string_view text) {
  const std::size_t mark = text.find('T');
  const Date date = TRY(Date::parse(text.substr(0, mark)));
  if (mark == std::string_view::npos || mark + 1 == text.size()) return DateTime(date);
  const std::string_view after = text.substr(mark + 1);
  const std::size_t zone = after.find_first_of("Z+-");
  const Time time = TRY(Time::parse(after.substr(0, zone)));
  if (zone == std::string_view::npos) return of(date, time, std::nullopt);
  return of(date, time, TRY(UtcOffset::parse(after.substr(zone))));
}

Result<DateTime> DateTime::parse_fhir(std::string_view text) {
  const DateTime parsed = TRY(parse(text));
  if (parsed.has_time_ ? parsed.precision() < Precision::second : text.back() == 'T') {
    return not_in_form("a time of day goes to the second: 2015-02-04T14:30:00Z");
  }
  if (parsed.has_time_ && !parsed.has_offset_) {
    return not_in_form("a date with a time needs an offset: 2015-02-04T14:30:00Z or +08:00");
  }
  return parsed;
}

DateTime DateTime::at(Instant instant, UtcOffset offset, int fraction_digits) {
  constexpr std::int64_t kFirst = day_number({1, 1, 1}) * internal::kMicrosecondsPerDay;
  constexpr std::int64_t kLast = day_number({10'000, 1, 1}) * internal::kMicrosecondsPerDay - 1;
  const std::int64_t shift = Duration::minutes(offset.minutes()).microseconds();
  const std::int64_t local = std::clamp(instant.microseconds(), kFirst - shift, kLast - shift) + shift;
  const std::int64_t day = internal::floor_divide(local, internal::kMicrosecondsPerDay);
  const std::int64_t of_day = local - day * internal::kMicrosecondsPerDay;
  const auto second = static_cast<int>(of_day / internal::kMicrosecondsPerSecond);
  fraction_digits = std::clamp(fraction_digits, 0, 6);
  const auto fraction = static_cast<std::uint64_t>(of_day % internal::kMicrosecondsPerSecond) /
                        internal::power_of_ten_64(6 - fraction_digits);
  const CivilDay civil = civil_day(day);
  return *of(*Date::of(civil.year, civil.month, civil.day),
             *Time::of(second / 3600, second / 60 % 60, second % 60, fraction, fraction_digits), offset);
}

std::string DateTime::to_string() const {
  std::string out;
  put(out, date_);
  if (!has_time_) return out;
  out += 'T';
  put(out, time_);
  if (has_offset_) out += offset_.to_string();
  return out;
}

Result<Instant> Instant::parse(std::string_view text) {
  const DateTime date_time = TRY(DateTime::parse_fhir(text));
  if (!date_time.has_time()) return not_in_form("an instant goes to the second: 2015-02-04T14:30:00Z");
  return instant_range(date_time, UtcOffset()).start;
}

std::string Instant::to_string() const {
  const int digits = microseconds_ % 1'000'000 == 0 ? 0 : microseconds_ % 1'000 == 0 ? 3 : 6;
  return DateTime::at(*this, UtcOffset(), digits).to_string();
}

}  // namespace meridian
