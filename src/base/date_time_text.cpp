// Dates and times from and to text.
#include <algorithm>

#include "base/civil.hpp"
#include "base/date_time.hpp"
#include "base/internal/local_time.hpp"

namespace meridian {
namespace {

constexpr const char* kTimeWithoutDate = "a time of day needs a whole date before it";

tl::unexpected<Error> not_in_form(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}
tl::unexpected<Error> out_of_range(const char* what) {
  return fail(ErrorCode::malformed_input, what);
}

/// The number that two digits make, or -1.
int two_digits(const char* digits) {
  const auto tens = static_cast<unsigned>(digits[0] - '0');
  const auto ones = static_cast<unsigned>(digits[1] - '0');
  return tens > 9 || ones > 9 ? -1 : static_cast<int>(tens * 10 + ones);
}
int four_digits(const char* digits) {
  const int high = two_digits(digits);
  const int low = two_digits(digits + 2);
  return high < 0 || low < 0 ? -1 : high * 100 + low;
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

// The readers give what is wrong, or nullptr: a Result costs more than the reading.
const char* Date::make(int year, int month, int day, Date& out) {
  if (year < 1 || year > 9999) return "the year is not between 0001 and 9999";
  if (month < 0 || month > 12) return "the month is not between 01 and 12";
  if (day < 0 || (day > 0 && (month == 0 || day > days_in_month(year, month)))) return "the month has no such day";
  out.year_ = static_cast<std::int16_t>(year);
  out.month_ = static_cast<std::uint8_t>(month);
  out.day_ = static_cast<std::uint8_t>(day);
  return nullptr;
}

const char* Date::read(std::string_view text, Date& out) {
  constexpr const char* kForm = "a date is written 2015, 2015-02 or 2015-02-04";
  const std::size_t size = text.size();
  const bool dashes = (size < 5 || text[4] == '-') && (size < 8 || text[7] == '-');
  if ((size != 4 && size != 7 && size != 10) || !dashes) return kForm;
  const int year = four_digits(text.data());
  const int month = size >= 7 ? two_digits(text.data() + 5) : 0;
  const int day = size == 10 ? two_digits(text.data() + 8) : 0;
  if (year < 0 || month < 0 || day < 0) return kForm;
  // Written zeros are not the zeros of "not known".
  if (size >= 7 && month == 0) return "the month is not between 01 and 12";
  if (size == 10 && day == 0) return "the month has no such day";
  return make(year, month, day, out);
}

Result<Date> Date::of(int year, int month, int day) {
  Date date;
  if (const char* fault = make(year, month, day, date)) return out_of_range(fault);
  return date;
}

Result<Date> Date::parse(std::string_view text) {
  Date date;
  if (const char* fault = read(text, date)) return not_in_form(fault);
  return date;
}

std::string Date::to_string() const {
  std::string out;
  put(out, *this);
  return out;
}

const char* Time::make(int hour, int minute, int second, std::uint64_t fraction, int fraction_digits, Time& out) {
  if (hour < 0 || hour > 23) return "the hour is not between 00 and 23";
  if (minute < -1 || minute > 59) return "the minute is not between 00 and 59";
  if (second < -1 || second > 60) return "the second is not between 00 and 60";
  if (fraction_digits < 0 || fraction_digits > kMaxFractionDigits ||
      fraction >= internal::power_of_ten_64(fraction_digits)) {
    return "the fraction of the second has more than 18 digits";
  }
  out.hour_ = static_cast<std::uint8_t>(hour);
  out.minute_ = static_cast<std::uint8_t>(std::max(minute, 0));
  out.second_ = static_cast<std::uint8_t>(std::max(second, 0));
  out.fraction_ = fraction;
  out.fraction_digits_ = static_cast<std::uint8_t>(fraction_digits);
  out.precision_ = minute < 0            ? Precision::hour
                   : second < 0          ? Precision::minute
                   : fraction_digits > 0 ? Precision::fraction
                                         : Precision::second;
  return nullptr;
}

const char* Time::read(std::string_view text, Time& out) {
  constexpr const char* kForm = "a time is written 14, 14:30, 14:30:15 or 14:30:15.250";
  const std::size_t size = text.size();
  const bool marks = (size < 3 || text[2] == ':') && (size < 6 || text[5] == ':') && (size < 9 || text[8] == '.');
  if ((size != 2 && size != 5 && size != 8 && size < 10) || !marks) return kForm;
  const int hour = two_digits(text.data());
  const int minute = size >= 5 ? two_digits(text.data() + 3) : 0;
  const int second = size >= 8 ? two_digits(text.data() + 6) : 0;
  if (hour < 0 || minute < 0 || second < 0) return kForm;
  std::uint64_t fraction = 0;
  const std::string_view digits = size > 8 ? text.substr(9) : std::string_view();
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) return kForm;
  if (digits.size() > kMaxFractionDigits) return "the fraction of the second has more than 18 digits";
  for (const char c : digits) fraction = fraction * 10 + static_cast<std::uint64_t>(c - '0');
  return make(hour, size >= 5 ? minute : -1, size >= 8 ? second : -1, fraction, static_cast<int>(digits.size()), out);
}

Result<Time> Time::of(int hour, int minute, int second, std::uint64_t fraction, int fraction_digits) {
  if ((minute < 0 && second >= 0) || (second < 0 && fraction_digits > 0)) {
    return fail(ErrorCode::invalid_argument, "a time cannot know its seconds without its minutes");
  }
  Time time;
  if (const char* fault = make(hour, minute, second, fraction, fraction_digits, time)) return out_of_range(fault);
  return time;
}

Result<Time> Time::parse(std::string_view text) {
  Time time;
  if (const char* fault = read(text, time)) return not_in_form(fault);
  return time;
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

const char* UtcOffset::make(int minutes, char sign, UtcOffset& out) {
  if (minutes < -14 * 60 || minutes > 14 * 60) return "the offset is not between -14:00 and +14:00";
  out.minutes_ = static_cast<std::int16_t>(minutes);
  out.sign_ = sign;
  return nullptr;
}

const char* UtcOffset::read(std::string_view text, UtcOffset& out) {
  if (text == "Z") return nullptr;
  constexpr const char* kForm = "an offset is written Z or +08:00";
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-') || text[3] != ':') return kForm;
  const int hours = two_digits(text.data() + 1);
  const int minutes = two_digits(text.data() + 4);
  if (hours < 0 || minutes < 0) return kForm;
  if (minutes > 59) return "the minutes of the offset are not between 00 and 59";
  return make((text[0] == '-' ? -1 : 1) * (hours * 60 + minutes), text[0], out);
}

Result<UtcOffset> UtcOffset::of(int minutes) {
  UtcOffset offset;
  if (const char* fault = make(minutes, minutes < 0 ? '-' : '+', offset)) return out_of_range(fault);
  return offset;
}

Result<UtcOffset> UtcOffset::parse(std::string_view text) {
  UtcOffset offset;
  if (const char* fault = read(text, offset)) return not_in_form(fault);
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
    return fail(ErrorCode::malformed_input, kTimeWithoutDate);
  }
  DateTime out(date);
  out.time_ = time;
  out.has_time_ = true;
  out.has_offset_ = offset.has_value();
  out.offset_ = offset.value_or(UtcOffset());
  return out;
}

const char* DateTime::read(std::string_view text, DateTime& out) {
  std::size_t mark = 0;
  while (mark < text.size() && text[mark] != 'T') ++mark;
  if (const char* fault = Date::read(text.substr(0, mark), out.date_)) return fault;
  if (mark + 1 >= text.size()) return nullptr;
  const std::string_view after = text.substr(mark + 1);
  std::size_t zone = 0;
  while (zone < after.size() && after[zone] != 'Z' && after[zone] != '+' && after[zone] != '-') ++zone;
  if (const char* fault = Time::read(after.substr(0, zone), out.time_)) return fault;
  out.has_time_ = true;
  out.has_offset_ = zone < after.size();
  if (out.has_offset_) {
    if (const char* fault = UtcOffset::read(after.substr(zone), out.offset_)) return fault;
  }
  return out.date_.precision() == Precision::day ? nullptr : kTimeWithoutDate;
}

Result<DateTime> DateTime::parse(std::string_view text) {
  DateTime date_time;
  if (const char* fault = read(text, date_time)) return not_in_form(fault);
  return date_time;
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
