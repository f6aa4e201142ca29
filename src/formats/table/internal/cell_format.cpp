#include "formats/table/internal/cell_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>

#include "base/civil.hpp"
#include "base/decimal.hpp"

namespace meridian::table::internal {
namespace {

constexpr std::int64_t kMillisecondsOfDay = 86'400'000;
constexpr double kLastSerial = 2'958'466;  // 10000-01-01 from 1900

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool is_elapsed(std::string_view bracketed) {
  if (bracketed.empty()) return false;
  const char first = lower(bracketed[0]);
  if (first != 'h' && first != 'm' && first != 's') return false;
  return std::all_of(bracketed.begin(), bracketed.end(), [&](char c) { return lower(c) == first; });
}

bool is_exponent(std::string_view code) {
  return code.size() > 1 && lower(code[0]) == 'e' && (code[1] == '+' || code[1] == '-');
}

/// A code's letters that mean something, from its first section: without quoted, escaped and bracketed text.
struct Letters {
  std::string text;
  bool has_elapsed = false;
  bool has_half_day = false;
};

Letters letters_of(std::string_view code) {
  Letters letters;
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    const char c = lower(code[i]);
    if (c == '"') {
      i = std::min(code.find('"', i + 1), code.size());
    } else if (c == '[') {
      const std::size_t end = std::min(code.find(']', i), code.size());
      letters.has_elapsed = letters.has_elapsed || is_elapsed(code.substr(i + 1, end - i - 1));
      i = end;
    } else if (c == '\\' || c == '_' || c == '*' || is_exponent(code.substr(i))) {
      ++i;  // and what follows
    } else if (c == 'a' && (code.substr(i, 5) == "AM/PM" || code.substr(i, 5) == "am/pm")) {
      letters.has_half_day = true;
      i += 4;
    } else if (c == 'a' && (code.substr(i, 3) == "A/P" || code.substr(i, 3) == "a/p")) {
      letters.has_half_day = true;
      i += 2;
    } else if (lower(c) == 'g' && code.size() - i >= 7 && code.substr(i + 1, 6) == "eneral") {
      i += 6;
    } else {
      letters.text += c;
    }
  }
  return letters;
}

void append_time(std::string& out, std::int64_t milliseconds) {
  const std::int64_t seconds = milliseconds / 1000;
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (milliseconds % 1000 != 0) fmt::format_to(std::back_inserter(out), ".{:03}", milliseconds % 1000);
}

void append_elapsed(std::string& out, std::int64_t milliseconds) {
  if (milliseconds < 0) out += '-';
  milliseconds = std::abs(milliseconds);
  const std::int64_t hours = milliseconds / 3'600'000;
  const std::int64_t minutes = milliseconds / 60'000 % 60;
  const std::int64_t rest = milliseconds % 60'000;
  out += "PT";
  if (hours != 0) fmt::format_to(std::back_inserter(out), "{}H", hours);
  if (minutes != 0) fmt::format_to(std::back_inserter(out), "{}M", minutes);
  if (rest % 1000 != 0) {
    fmt::format_to(std::back_inserter(out), "{}.{:03}S", rest / 1000, rest % 1000);
  } else if (rest != 0 || milliseconds == 0) {
    fmt::format_to(std::back_inserter(out), "{}S", rest / 1000);
  }
}

}  // namespace

CellFormat builtin_format(std::uint32_t id) {
  if (id == 22) return CellFormat::date_time;
  if (id == 46) return CellFormat::elapsed;
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || id == 45 || id == 47) return CellFormat::time;
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return CellFormat::date;
  return CellFormat::number;
}

CellFormat format_of(std::string_view code) {
  const Letters letters = letters_of(code);
  if (letters.has_elapsed) return CellFormat::elapsed;
  const auto has = [&](std::string_view any) { return letters.text.find_first_of(any) != std::string::npos; };
  const bool has_time = letters.has_half_day || has("hs");
  // A lone m is minutes beside hours or seconds, and months otherwise.
  const bool has_date = has("yde") || letters.text.find("mmm") != std::string::npos || (has("m") && !has_time);
  if (has_date) return has_time ? CellFormat::date_time : CellFormat::date;
  return has_time ? CellFormat::time : CellFormat::number;
}

bool append_date(std::string& out, double serial, CellFormat format, DateSystem system) {
  if (!(std::abs(serial) < kLastSerial)) return false;
  const auto total = static_cast<std::int64_t>(std::llround(serial * static_cast<double>(kMillisecondsOfDay)));
  if (format == CellFormat::elapsed) {
    append_elapsed(out, total);
    return true;
  }
  if (total < 0) return false;
  const std::int64_t days = total / kMillisecondsOfDay;
  const std::int64_t rest = total % kMillisecondsOfDay;
  if (days == 0 && format != CellFormat::date && (format == CellFormat::time || system == DateSystem::from_1900)) {
    append_time(out, rest);
    return true;
  }
  std::int64_t day = day_number({1904, 1, 1}) + days;
  if (system == DateSystem::from_1900) {
    // 1900 is taken for a leap year: its 60th day was none, and those before lie a day further on.
    if (days == 0 || days == 60) return false;
    day = day_number({1899, 12, 30}) + days + (days < 60 ? 1 : 0);
  }
  const CivilDay civil = civil_day(day);
  if (civil.year > 9999) return false;
  fmt::format_to(std::back_inserter(out), "{:04}-{:02}-{:02}", civil.year, civil.month, civil.day);
  if (format == CellFormat::date && rest == 0) return true;
  out += 'T';
  append_time(out, rest);
  return true;
}

bool append_number(std::string& out, std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return false;
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  // Whole numbers stay: some writers put longer ones there than a double can hold.
  if (text.find_first_of("eE") != std::string_view::npos || (digits > 15 && text.find('.') != std::string_view::npos)) {
    if (const Result<Decimal> exact = Decimal::from_double(value)) {
      out += exact->normalized().to_string();
      return true;
    }
  }
  out += text;
  return true;
}

}  // namespace meridian::table::internal
