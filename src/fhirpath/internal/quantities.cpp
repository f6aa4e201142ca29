#include "fhirpath/internal/quantities.hpp"

#include <string_view>

#include "base/result.hpp"
#include "units/unit.hpp"

namespace meridian::fhirpath::internal {

namespace {

using CalendarUnit = units::CalendarUnit;

/// Months in a calendar year or month, 0 for shorter units, whose length in UCUM is exact.
int months_in(CalendarUnit unit) {
  if (unit == CalendarUnit::year) return 12;
  return unit == CalendarUnit::month ? 1 : 0;
}

/// The UCUM code of a quantity's unit: a week and what is shorter have one of the same length.
std::string_view ucum_of(const Quantity& quantity) {
  if (!quantity.is_calendar) {
    // 1 'month' is not UCUM, but a calendar word in quotes; it is taken as such.
    if (const auto word = units::calendar_unit_of_word(quantity.unit)) return units::ucum_code(*word);
    return quantity.unit;
  }
  const std::optional<CalendarUnit> unit = units::calendar_unit_of_word(quantity.unit);
  return unit ? units::ucum_code(*unit) : quantity.unit;
}

bool is_calendar(const Quantity& quantity) {
  return quantity.is_calendar || units::calendar_unit_of_word(quantity.unit).has_value();
}

}  // namespace

std::optional<CalendarUnit> calendar_unit_of(const Quantity& quantity) {
  if (const auto word = units::calendar_unit_of_word(quantity.unit)) return word;
  return quantity.is_calendar ? std::nullopt : units::calendar_unit_of_ucum(quantity.unit);
}

Units in_common_unit(const Quantity& a, const Quantity& b, bool equivalence, Decimal& value_a, Decimal& value_b) {
  value_a = a.value;
  value_b = b.value;
  const std::string_view unit_a = ucum_of(a);
  const std::string_view unit_b = ucum_of(b);
  const std::optional<CalendarUnit> calendar_a = calendar_unit_of(a);
  const std::optional<CalendarUnit> calendar_b = calendar_unit_of(b);
  const int months_a = calendar_a ? months_in(*calendar_a) : 0;
  const int months_b = calendar_b ? months_in(*calendar_b) : 0;
  if (is_calendar(a) != is_calendar(b) && (months_a != 0 || months_b != 0) && !equivalence) return Units::calendar;
  if (unit_a == unit_b) return Units::same;
  if (is_calendar(a) && is_calendar(b) && months_a != 0 && months_b != 0) {
    // 1 year = 12 months, whatever their days.
    Result<Decimal> scaled_a = multiply(a.value, Decimal(months_a));
    Result<Decimal> scaled_b = multiply(b.value, Decimal(months_b));
    if (!scaled_a || !scaled_b) return Units::incompatible;
    value_a = *scaled_a;
    value_b = *scaled_b;
    return Units::same;
  }
  if (!equivalence && is_calendar(a) && is_calendar(b) && (months_a != 0 || months_b != 0)) return Units::calendar;
  const Result<units::Unit> from = units::Unit::parse(unit_b);
  const Result<units::Unit> to = units::Unit::parse(unit_a);
  if (!from || !to || !units::comparable(*from, *to)) return Units::incompatible;
  Result<Decimal> converted = units::convert(b.value, *from, *to);
  if (!converted) return Units::incompatible;
  value_b = *converted;
  return Units::same;
}

bool comparable_units(const Quantity& a, const Quantity& b) {
  const std::string_view unit_a = ucum_of(a);
  const std::string_view unit_b = ucum_of(b);
  const Result<units::Unit> parsed_a = units::Unit::parse(unit_a);
  const Result<units::Unit> parsed_b = units::Unit::parse(unit_b);
  return parsed_a && parsed_b && units::comparable(*parsed_a, *parsed_b);
}

}  // namespace meridian::fhirpath::internal
