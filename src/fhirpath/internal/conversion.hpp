// Conversions between what FHIR has and what FHIRPath computes with.
//
// Specification: https://hl7.org/fhir/R4/fhirpath.html#types, https://hl7.org/fhirpath/N1/#conversion
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "fhirpath/internal/plan.hpp"
#include "fhirpath/value.hpp"

namespace meridian::fhirpath::internal {

/// A FHIR primitive or Quantity becomes its System value, in place; System values stay. `empty` when the primitive has
/// no value or not one of its type; a complex node fails with `what` in the message.
Outcome to_system(Machine& machine, Value& value, std::string_view what);
/// The same without failing: a complex node stays a node (and the answer is no).
Outcome try_to_system(Machine& machine, Value& value);

/// A System value as text, as toString() has it; nothing for types.
std::string to_text(const Value& value);

/// The conversions of a single System value, nothing where the specification has { }.
std::optional<bool> to_boolean(const Value& value);
std::optional<std::int32_t> to_integer(const Value& value);
std::optional<std::int64_t> to_long(const Value& value);
std::optional<Decimal> to_decimal(const Value& value);
std::optional<Date> to_date(const Value& value);
std::optional<DateTime> to_date_time(const Value& value);
std::optional<Time> to_time(const Value& value);
/// The unit is a view of the value's text or static.
std::optional<Quantity> to_quantity(const Value& value);

/// The number of an integer, long or decimal as a decimal.
inline Decimal number_of(const Value& value) {
  return value.type() == ValueType::decimal ? value.decimal() : Decimal(value.integer());
}
inline bool is_number(const Value& value) {
  return value.type() == ValueType::integer || value.type() == ValueType::long_integer ||
         value.type() == ValueType::decimal;
}
inline bool is_integer(const Value& value) {
  return value.type() == ValueType::integer || value.type() == ValueType::long_integer;
}

}  // namespace meridian::fhirpath::internal
