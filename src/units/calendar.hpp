// CalendarUnit: the units of calendar durations, as FHIRPath and CQL write them, and the UCUM codes beside them.
//
// A calendar year is not a fixed number of seconds; UCUM's `a` is. FHIRPath's `1 year` and `1 'a'` are therefore
// different things above the second, and the same below: `1 second = 1 's'`. Which of these a comparison or date
// arithmetic accepts is the caller's rule; this header only knows the words.
// Specification: https://hl7.org/fhirpath/N1/#time-valued-quantities
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace meridian::units {

enum class CalendarUnit : std::uint8_t { year, month, week, day, hour, minute, second, millisecond };

/// The unit that a keyword names: "year", "years", … "milliseconds". Case sensitive.
std::optional<CalendarUnit> calendar_unit_of_word(std::string_view word);
/// The unit beside which a UCUM code stands: a, mo, wk, d, h, min, s, ms.
std::optional<CalendarUnit> calendar_unit_of_ucum(std::string_view code);

/// "year"
std::string_view word(CalendarUnit unit);
/// "years"
std::string_view plural(CalendarUnit unit);
/// "a"
std::string_view ucum_code(CalendarUnit unit);
/// Whether the calendar unit and its UCUM code are the same length of time: second and millisecond.
constexpr bool definite(CalendarUnit unit) {
  return unit >= CalendarUnit::second;
}

}  // namespace meridian::units
