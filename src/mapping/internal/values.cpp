#include "mapping/internal/values.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "base/date_time.hpp"
#include "base/utf8.hpp"

namespace meridian::mapping::internal {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A v2 time, as far as it goes.
struct Parts {
  std::optional<Date> date;
  std::optional<Time> time;
  std::optional<UtcOffset> offset;
};

int digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) value = value * 10 + (text[i] - '0');
  return value;
}

std::optional<UtcOffset> read_offset(std::string_view text) {
  // Hours alone are written, too.
  if ((text.size() != 5 && text.size() != 3) || !std::all_of(text.begin() + 1, text.end(), is_digit))
    return std::nullopt;
  const int minutes = digits(text, 1, 2) * 60 + (text.size() == 5 ? digits(text, 3, 2) : 0);
  const Result<UtcOffset> offset = UtcOffset::of(text[0] == '-' ? -minutes : minutes);
  return offset ? std::optional<UtcOffset>(*offset) : std::nullopt;
}

/// `HH[MM[SS[.S…]]]`, with a separator or two forgiven: minutes and seconds that lack become 0, as FHIR wants them.
std::optional<Time> read_time(std::string_view text) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const std::string_view whole = text.substr(0, point);
  std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view();
  if ((whole.size() != 2 && whole.size() != 4 && whole.size() != 6) ||
      !std::all_of(whole.begin(), whole.end(), is_digit) || !std::all_of(fraction.begin(), fraction.end(), is_digit)) {
    return std::nullopt;
  }
  fraction = fraction.substr(0, 9);
  const int minute = whole.size() > 2 ? digits(whole, 2, 2) : 0;
  const int second = whole.size() > 4 ? digits(whole, 4, 2) : 0;
  std::uint64_t value = 0;
  if (!fraction.empty() && whole.size() == 6)
    std::from_chars(fraction.data(), fraction.data() + fraction.size(), value);
  const int fraction_digits = whole.size() == 6 ? static_cast<int>(fraction.size()) : 0;
  const Result<Time> time = Time::of(digits(whole, 0, 2), minute, second, value, fraction_digits);
  return time ? std::optional<Time>(*time) : std::nullopt;
}

Parts read(std::string_view text) {
  Parts parts;
  text = trimmed(text);
  const std::size_t sign = text.find_first_of("+-", 4);
  if (sign != std::string_view::npos) {
    parts.offset = read_offset(text.substr(sign));
    if (!parts.offset) return {};
    text = text.substr(0, sign);
  }
  const std::size_t day_end = std::min<std::size_t>(text.size(), 8);
  if ((day_end != 4 && day_end != 6 && day_end != 8) ||
      !std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(day_end), is_digit)) {
    return {};
  }
  const Result<Date> date =
      Date::of(digits(text, 0, 4), day_end > 4 ? digits(text, 4, 2) : 0, day_end > 6 ? digits(text, 6, 2) : 0);
  if (!date || (day_end > 4 && date->month() == 0) || (day_end > 6 && date->day() == 0)) return {};
  parts.date = *date;
  if (text.size() > 8) {
    parts.time = read_time(text.substr(8));
    if (!parts.time) return {};
  }
  return parts;
}

/// Local microseconds since 1970, as TimeZone counts them.
std::int64_t local_microseconds(const Date& date, const Time& time) {
  const Result<DateTime> local = DateTime::of(date, time, UtcOffset());
  return local ? instant_range(*local, UtcOffset()).start.microseconds() : 0;
}

std::optional<UtcOffset> offset_in(const TimeZone& zone, const Date& date, const Time& time) {
  const std::int64_t local = local_microseconds(date, time);
  const Duration ahead = zone.offset_at(zone.earliest(local));
  const Result<UtcOffset> offset = UtcOffset::of(static_cast<int>(ahead.microseconds() / 60'000'000));
  return offset ? std::optional<UtcOffset>(*offset) : std::nullopt;
}

std::string with_time(const Parts& parts, const TimeZone& zone) {
  const std::optional<UtcOffset> offset = parts.offset ? parts.offset : offset_in(zone, *parts.date, *parts.time);
  if (!offset) return {};
  const Result<DateTime> value = DateTime::of(*parts.date, *parts.time, *offset);
  return value ? value->to_string() : std::string();
}

bool is_in(std::string_view text, std::initializer_list<std::string_view> list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

std::string whole_number(std::string_view text, long least) {
  long value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || end != text.data() + text.size() || value < least ||
      value > std::numeric_limits<std::int32_t>::max()) {
    return {};
  }
  return std::to_string(value);
}

std::string base64_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool fits =
        is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '+' || c == '/' || c == '=';
    if (fits) {
      out += c;
    } else if (c != '\r' && c != '\n' && c != ' ' && c != '\t') {
      return {};
    }
  }
  return out.size() % 4 == 0 ? out : std::string();
}

/// FHIR's code: words with single blanks between them.
std::string code_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_blank = c == ' ' || c == '\t' || c == '\r' || c == '\n';
    if (is_blank && !out.empty() && out.back() == ' ') continue;
    out += is_blank ? ' ' : c;
  }
  return out;
}

std::string id_text(std::string_view text) {
  const auto fits = [](char c) {
    return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '.';
  };
  return text.size() <= 64 && std::all_of(text.begin(), text.end(), fits) ? std::string(text) : std::string();
}

}  // namespace

Input Input::part(std::size_t number) const {
  if (const auto* whole = std::get_if<hl7v2::Repetition>(&value_)) return Input(whole->component(number));
  if (const auto* component = std::get_if<hl7v2::Component>(&value_)) return Input(component->subcomponent(number));
  return number == 1 ? *this : Input();
}

std::string date_time(std::string_view text, const TimeZone& zone) {
  const Parts parts = read(text);
  if (!parts.date) return {};
  return parts.time ? with_time(parts, zone) : parts.date->to_string();
}

std::string date(std::string_view text) {
  const Parts parts = read(text);
  return parts.date ? parts.date->to_string() : std::string();
}

std::string instant(std::string_view text, const TimeZone& zone) {
  Parts parts = read(text);
  if (!parts.date || parts.date->precision() != Precision::day) return {};
  if (!parts.time) parts.time = *Time::of(0, 0, 0);
  return with_time(parts, zone);
}

std::string time_of_day(std::string_view text) {
  const std::optional<Time> time = read_time(trimmed(text).substr(0, trimmed(text).find_first_of("+-")));
  return time ? time->to_string() : std::string();
}

std::int64_t microseconds(std::string_view text, const TimeZone& zone) {
  const Parts parts = read(text);
  if (!parts.date) return std::numeric_limits<std::int64_t>::min();
  if (parts.offset && parts.time) {
    const Result<DateTime> value = DateTime::of(*parts.date, *parts.time, *parts.offset);
    return value ? instant_range(*value, UtcOffset()).start.microseconds() : std::numeric_limits<std::int64_t>::min();
  }
  const Result<DateTime> local =
      parts.time ? DateTime::of(*parts.date, *parts.time, std::nullopt) : DateTime(*parts.date);
  return local ? instant_range(*local, zone).start.microseconds() : std::numeric_limits<std::int64_t>::min();
}

std::string number(std::string_view text) {
  text = trimmed(text);
  std::string out;
  if (text.starts_with('+')) text.remove_prefix(1);
  if (text.starts_with('-')) {
    out = "-";
    text.remove_prefix(1);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point < text.size() ? text.substr(point + 1) : std::string_view();
  if ((whole.empty() && fraction.empty()) || whole.size() + fraction.size() > 38 ||
      !std::all_of(whole.begin(), whole.end(), is_digit) || !std::all_of(fraction.begin(), fraction.end(), is_digit)) {
    return {};
  }
  while (whole.size() > 1 && whole.front() == '0') whole.remove_prefix(1);
  out += whole.empty() ? std::string_view("0") : whole;
  if (!fraction.empty()) {
    out += '.';
    out += fraction;
  }
  return out;
}

std::string primitive(fhir::Primitive type, std::string_view text, const TimeZone& zone, bool& is_literal) {
  const std::string_view inner = trimmed(text);
  is_literal = false;
  if (inner.empty()) return {};
  switch (type) {
    case fhir::Primitive::boolean:
      is_literal = true;
      if (is_in(inner, {"Y", "y", "1", "T", "true", "Yes", "YES"})) return "true";
      return is_in(inner, {"N", "n", "0", "F", "false", "No", "NO"}) ? "false" : "";
    case fhir::Primitive::integer:
    case fhir::Primitive::unsigned_int:
    case fhir::Primitive::positive_int:
      is_literal = true;
      return whole_number(inner, type == fhir::Primitive::integer        ? std::numeric_limits<std::int32_t>::min()
                                 : type == fhir::Primitive::unsigned_int ? 0
                                                                         : 1);
    case fhir::Primitive::decimal:
      is_literal = true;
      return number(inner);
    case fhir::Primitive::date:
      return date(inner);
    case fhir::Primitive::date_time:
      return date_time(inner, zone);
    case fhir::Primitive::instant:
      return instant(inner, zone);
    case fhir::Primitive::time:
      return time_of_day(inner);
    case fhir::Primitive::code:
      return code_text(inner);
    case fhir::Primitive::id:
      return id_text(inner);
    case fhir::Primitive::uri:
    case fhir::Primitive::url:
    case fhir::Primitive::canonical:
    case fhir::Primitive::oid:
    case fhir::Primitive::uuid:
      return inner.find_first_of(" \t\r\n") == std::string_view::npos ? std::string(inner) : std::string();
    case fhir::Primitive::base64_binary:
      return base64_text(inner);
    default:
      return std::string(inner);
  }
}

}  // namespace meridian::mapping::internal
