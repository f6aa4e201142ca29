// Equality, equivalence and order of single values.
//
// Specification: https://hl7.org/fhirpath/N1/#equality, https://hl7.org/fhirpath/N1/#comparison,
// https://hl7.org/fhir/R4/fhirpath.html#variables (quantities)
#pragma once

#include <cstdint>

#include "fhirpath/internal/plan.hpp"
#include "fhirpath/value.hpp"

namespace meridian::fhirpath::internal {

/// a = b: empty where the precision of dates or the kind of units leaves it open. Complex nodes are compared whole.
Outcome equal(Machine& machine, const Value& a, const Value& b);
/// a ~ b: never empty.
Outcome equivalent(Machine& machine, const Value& a, const Value& b);

enum class Order : std::uint8_t { less, equal, greater, unknown, failed };
/// For < > <= >=; values of types that have no common order fail.
Order compare_values(Machine& machine, const Value& a, const Value& b, std::string_view what);

/// Equal values have equal hashes: for sets. Conversions as in equal(); dates and quantities share one hash each.
std::uint64_t hash_of(Machine& machine, const Value& value);

}  // namespace meridian::fhirpath::internal
