// What units mean to FHIRPath: conversion through UCUM, and calendar durations beside it.
//
// Specification: https://hl7.org/fhirpath/N1/#time-valued-quantities, https://hl7.org/fhirpath/N1/#quantity
#pragma once

#include <optional>

#include "fhirpath/value.hpp"
#include "units/calendar.hpp"

namespace meridian::fhirpath::internal {

/// The calendar unit of `3 days` or `3 'd'`; nothing for other units.
std::optional<units::CalendarUnit> calendar_unit_of(const Quantity& quantity);

enum class Units : std::uint8_t {
  same,          // both values are in one unit now
  incompatible,  // they measure different things, or a unit is not UCUM
  calendar,      // a calendar year or month beside UCUM's: equal only in the sense of equivalence
};

/// Brings both values to a common unit. `equivalence`: a calendar month and a UCUM month count as the same.
Units in_common_unit(const Quantity& a, const Quantity& b, bool equivalence, Decimal& value_a, Decimal& value_b);

/// Whether the units can be converted into one another.
bool comparable_units(const Quantity& a, const Quantity& b);

}  // namespace meridian::fhirpath::internal
