// $lastn: of each code the last observations.
// Specification: https://hl7.org/fhir/R4/observation-operation-lastn.html
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

/// GET and POST Observation/$lastn: any search parameters of Observation, of which patient or subject and category or
/// code must be there, and `max` (1): how many of each code.
http::Response last_observations(const Exchange& exchange);

}  // namespace meridian::rest
