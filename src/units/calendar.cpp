#include "units/calendar.hpp"

#include <array>
#include <cstddef>

namespace meridian::units {
namespace {

struct Row {
  std::string_view word;
  std::string_view plural;
  std::string_view ucum;
};

constexpr std::array<Row, 8> kRows = {{{"year", "years", "a"},
                                       {"month", "months", "mo"},
                                       {"week", "weeks", "wk"},
                                       {"day", "days", "d"},
                                       {"hour", "hours", "h"},
                                       {"minute", "minutes", "min"},
                                       {"second", "seconds", "s"},
                                       {"millisecond", "milliseconds", "ms"}}};

const Row& row(CalendarUnit unit) {
  return kRows[static_cast<std::size_t>(unit)];
}

}  // namespace

std::optional<CalendarUnit> calendar_unit_of_word(std::string_view word) {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].word == word || kRows[i].plural == word) return static_cast<CalendarUnit>(i);
  return std::nullopt;
}

std::optional<CalendarUnit> calendar_unit_of_ucum(std::string_view code) {
  for (std::size_t i = 0; i < kRows.size(); ++i)
    if (kRows[i].ucum == code) return static_cast<CalendarUnit>(i);
  return std::nullopt;
}

std::string_view word(CalendarUnit unit) {
  return row(unit).word;
}
std::string_view plural(CalendarUnit unit) {
  return row(unit).plural;
}
std::string_view ucum_code(CalendarUnit unit) {
  return row(unit).ucum;
}

}  // namespace meridian::units
