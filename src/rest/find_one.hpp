// find_one(): the one resource that a condition means: of conditional interactions and conditional references.
// Specification: https://hl7.org/fhir/R4/http.html#cond-update
#pragma once

#include <optional>

#include "rest/exchange.hpp"
#include "store/version.hpp"

namespace meridian::rest {

/// Nothing when none matches. Errors: precondition_failed when several do, invalid_argument when the search is not
/// understood whole.
Result<std::optional<store::Version>> find_one(const Exchange& exchange, std::string_view type, Pairs condition);
/// The same of "Patient?identifier=…".
Result<std::optional<store::Version>> find_one(const Exchange& exchange, std::string_view reference);

}  // namespace meridian::rest
