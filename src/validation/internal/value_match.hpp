// Comparing values of an instance with values that a profile states: equal, containing, in bounds.
// Specification: https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.fixed_x_ (and the
// rows after it)
#pragma once

#include <optional>
#include <string>

#include "formats/fhir/document.hpp"

namespace meridian::validation::internal {

/// fixed[x]: the same value, children and all.
bool equals(fhir::Node value, fhir::Node fixed);
/// pattern[x]: what the pattern has, the value has too; of lists, somewhere.
bool contains(fhir::Node value, fhir::Node pattern);
/// Negative, zero or positive; nothing where the two cannot be compared (other units, other precision).
std::optional<int> compare(fhir::Node value, fhir::Node bound);
/// The value in a few words for a message.
std::string describe(fhir::Node value);

}  // namespace meridian::validation::internal
