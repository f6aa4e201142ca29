#include "validation/internal/primitive_format.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <string>

#include "validation/messages.hpp"

namespace meridian::validation::internal {
namespace {

using fhir::Primitive;

constexpr std::size_t kMaxString = 1024 * 1024;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}

// Reads a text from the left; each step says whether it fitted.
struct Scan {
  std::string_view rest;

  bool done() const { return rest.empty(); }
  bool take(char c) {
    if (rest.empty() || rest.front() != c) return false;
    rest.remove_prefix(1);
    return true;
  }
  /// Exactly `count` digits, as a number; -1 when they are not there.
  int digits(std::size_t count) {
    if (rest.size() < count) return -1;
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_digit(rest[i])) return -1;
      value = value * 10 + (rest[i] - '0');
    }
    rest.remove_prefix(count);
    return value;
  }
  std::size_t skip_digits() {
    std::size_t n = 0;
    while (n < rest.size() && is_digit(rest[n])) ++n;
    rest.remove_prefix(n);
    return n;
  }
};

int days_in(int year, int month) {
  constexpr std::array<int, 13> kDays{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month)];
}

enum class Precision : std::uint8_t { none, year, month, day };

// The date at the front of a text. `no_day` is set when it is well written but the day does not exist.
Precision take_date(Scan& scan, bool& no_day) {
  const int year = scan.digits(4);
  if (year < 1) return Precision::none;
  if (scan.done()) return Precision::year;
  if (!scan.take('-')) return Precision::none;
  const int month = scan.digits(2);
  if (month < 1 || month > 12) return Precision::none;
  if (scan.done()) return Precision::month;
  if (!scan.take('-')) return Precision::none;
  const int day = scan.digits(2);
  if (day < 1 || day > 31) return Precision::none;
  no_day = day > days_in(year, month);
  return Precision::day;
}

bool take_time(Scan& scan) {
  const int hour = scan.digits(2);
  if (hour < 0 || hour > 23 || !scan.take(':')) return false;
  const int minute = scan.digits(2);
  if (minute < 0 || minute > 59 || !scan.take(':')) return false;
  const int second = scan.digits(2);
  if (second < 0 || second > 60) return false;  // 60: a leap second
  return !scan.take('.') || scan.skip_digits() > 0;
}

bool take_zone(Scan& scan) {
  if (scan.take('Z')) return true;
  if (!scan.take('+') && !scan.take('-')) return false;
  const int hour = scan.digits(2);
  if (hour < 0 || hour > 14 || !scan.take(':')) return false;
  const int minute = scan.digits(2);
  return minute >= 0 && minute <= (hour == 14 ? 0 : 59);
}

const Message* date_fault(std::string_view text) {
  Scan scan{text};
  bool no_day = false;
  if (take_date(scan, no_day) == Precision::none || !scan.done()) return &kNotADate;
  return no_day ? &kNoSuchDay : nullptr;
}

const Message* date_time_fault(std::string_view text, bool instant) {
  const Message* malformed = instant ? &kNotAnInstant : &kNotADateTime;
  Scan scan{text};
  bool no_day = false;
  const Precision precision = take_date(scan, no_day);
  if (precision == Precision::none) return malformed;
  if (scan.done()) {
    if (instant) return malformed;
    return no_day ? &kNoSuchDay : nullptr;
  }
  if (precision != Precision::day || !scan.take('T') || !take_time(scan)) return malformed;
  if (scan.done()) return &kTimeWithoutZone;
  if (!take_zone(scan) || !scan.done()) return malformed;
  return no_day ? &kNoSuchDay : nullptr;
}

const Message* time_fault(std::string_view text) {
  Scan scan{text};
  return take_time(scan) && scan.done() ? nullptr : &kNotATime;
}

const Message* integer_fault(std::string_view text, Primitive primitive) {
  Scan scan{text};
  const bool signed_type = primitive == Primitive::integer || primitive == Primitive::integer64;
  const bool negative = scan.take('-');
  if (!negative) scan.take('+');
  const std::string_view digits = scan.rest;
  if (scan.skip_digits() == 0 || !scan.done() || (digits.size() > 1 && digits.front() == '0') ||
      (negative && digits == "0")) {
    return &kNotAnInteger;
  }
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return &kIntegerOutOfRange;
  if (negative) value = -value;
  if (primitive != Primitive::integer64 && (value > INT32_MAX || value < INT32_MIN)) return &kIntegerOutOfRange;
  if (!signed_type && negative) return &kIntegerNegative;
  if (primitive == Primitive::positive_int && value == 0) return &kIntegerNotPositive;
  return nullptr;
}

const Message* decimal_fault(std::string_view text) {
  Scan scan{text};
  scan.take('-');
  const std::string_view whole = scan.rest;
  const std::size_t digits = scan.skip_digits();
  if (digits == 0 || (digits > 1 && whole.front() == '0')) return &kNotADecimal;
  if (scan.take('.') && scan.skip_digits() == 0) return &kNotADecimal;
  if (scan.take('e') || scan.take('E')) {
    if (!scan.take('+')) scan.take('-');
    if (scan.skip_digits() == 0) return &kNotADecimal;
  }
  return scan.done() ? nullptr : &kNotADecimal;
}

// A control character other than tab, line feed and carriage return; one table look-up a byte.
bool has_control_character(std::string_view text) {
  bool found = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    found |= byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r';
  }
  return found;
}

const Message* string_fault(std::string_view text) {
  if (text.size() > kMaxString) return &kStringTooLong;
  if (has_control_character(text)) return &kControlCharacter;
  for (const char c : text) {
    if (!is_space(c)) return nullptr;
  }
  return &kBlank;
}

const Message* code_fault(std::string_view text) {
  if (is_space(text.front()) || is_space(text.back())) return &kCodeWhiteSpace;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!is_space(text[i])) continue;
    if (text[i] != ' ' || is_space(text[i + 1])) return &kCodeWhiteSpace;  // the last character is no space
  }
  return has_control_character(text) ? &kControlCharacter : nullptr;
}

const Message* uri_fault(std::string_view text) {
  for (const char c : text) {
    if (is_space(c)) return &kUriWhiteSpace;
  }
  if (has_control_character(text)) return &kControlCharacter;
  return urn_fault(text);
}

bool is_oid(std::string_view text) {
  Scan scan{text};
  if (scan.rest.empty() || scan.rest.front() < '0' || scan.rest.front() > '2') return false;
  scan.rest.remove_prefix(1);
  if (scan.done()) return false;
  while (!scan.done()) {
    if (!scan.take('.')) return false;
    const std::string_view arc = scan.rest;
    const std::size_t n = scan.skip_digits();
    if (n == 0 || (n > 1 && arc.front() == '0')) return false;
  }
  return true;
}

bool is_lower_case_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !(is_digit(c) || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

const Message* base64_fault(std::string_view text) {
  std::size_t symbols = 0;
  std::size_t padding = 0;
  for (const char c : text) {
    if (is_space(c)) continue;
    ++symbols;
    if (c == '=') {
      ++padding;
    } else if (padding > 0 || !(is_letter(c) || is_digit(c) || c == '+' || c == '/')) {
      return &kNotBase64;
    }
  }
  return symbols % 4 != 0 || padding > 2 || symbols == 0 ? &kNotBase64 : nullptr;
}

}  // namespace

bool is_id(std::string_view text) {
  if (text.empty() || text.size() > 64) return false;
  for (const char c : text) {
    if (!is_letter(c) && !is_digit(c) && c != '-' && c != '.') return false;
  }
  return true;
}

bool is_absolute_uri(std::string_view uri) {
  if (uri.empty() || !is_letter(uri.front())) return false;
  for (std::size_t i = 1; i < uri.size(); ++i) {
    const char c = uri[i];
    if (c == ':') return true;
    if (!is_letter(c) && !is_digit(c) && c != '+' && c != '-' && c != '.') return false;
  }
  return false;
}

const Message* urn_fault(std::string_view uri) {
  constexpr std::string_view kOid = "urn:oid:";
  constexpr std::string_view kUuid = "urn:uuid:";
  if (uri.starts_with(kOid)) return is_oid(uri.substr(kOid.size())) ? nullptr : &kNotAnOid;
  if (uri.starts_with(kUuid)) {
    // What follows a UUID after a # names something within it.
    const std::string_view uuid = uri.substr(kUuid.size(), uri.find('#') - kUuid.size());
    return is_lower_case_uuid(uuid) ? nullptr : &kNotAUuid;
  }
  return nullptr;
}

fhir::ValueKind json_kind(Primitive primitive) {
  switch (primitive) {
    case Primitive::boolean:
      return fhir::ValueKind::boolean;
    case Primitive::integer:
    case Primitive::unsigned_int:
    case Primitive::positive_int:
    case Primitive::decimal:
      return fhir::ValueKind::number;
    default:
      return fhir::ValueKind::string;  // integer64 too: JSON numbers do not hold 64 bits everywhere
  }
}

const Message* format_fault(Primitive primitive, std::string_view text) {
  if (text.empty()) return &kEmptyString;
  switch (primitive) {
    case Primitive::boolean:
      return text == "true" || text == "false" ? nullptr : &kNotABoolean;
    case Primitive::integer:
    case Primitive::unsigned_int:
    case Primitive::positive_int:
    case Primitive::integer64:
      return integer_fault(text, primitive);
    case Primitive::decimal:
      return decimal_fault(text);
    case Primitive::string:
    case Primitive::markdown:
      return string_fault(text);
    case Primitive::code:
      return code_fault(text);
    case Primitive::id:
      return is_id(text) ? nullptr : &kNotAnId;
    case Primitive::uri:
    case Primitive::url:
    case Primitive::canonical:
      return uri_fault(text);
    case Primitive::oid:
      return text.starts_with("urn:oid:") ? urn_fault(text) : &kNotAnOid;
    case Primitive::uuid:
      return text.starts_with("urn:uuid:") ? urn_fault(text) : &kNotAUuid;
    case Primitive::base64_binary:
      return base64_fault(text);
    case Primitive::date:
      return date_fault(text);
    case Primitive::date_time:
      return date_time_fault(text, false);
    case Primitive::instant:
      return date_time_fault(text, true);
    case Primitive::time:
      return time_fault(text);
    case Primitive::xhtml:
    case Primitive::none:
      return nullptr;  // narrative.hpp
  }
  return nullptr;
}

const Message* format_doubt(Primitive primitive, std::string_view text) {
  if (primitive != Primitive::string || text.empty()) return nullptr;
  return is_space(text.front()) || is_space(text.back()) ? &kSpaceAtEnds : nullptr;
}

std::string excerpt(std::string_view text) {
  constexpr std::size_t kMost = 60;
  if (text.size() <= kMost) return std::string(text);
  std::size_t end = kMost;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace meridian::validation::internal
