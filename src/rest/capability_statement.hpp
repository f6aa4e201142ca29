// CapabilityStatement: what this server can do, made from the table of interactions, the schema and the search
// parameters in force, so that it is true to what is there.
// Specification: https://hl7.org/fhir/R4/capabilitystatement.html, https://hl7.org/fhir/R4/http.html#capabilities
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

/// GET [base]/metadata
http::Response show_capabilities(const Exchange& exchange);

}  // namespace meridian::rest
