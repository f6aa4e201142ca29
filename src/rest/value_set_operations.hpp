// ValueSet/$expand: the codes of a value set, by pages, by words; ConceptMap/$translate: what a code is elsewhere.
// Specification: https://hl7.org/fhir/R4/valueset-operation-expand.html,
// https://hl7.org/fhir/R4/conceptmap-operation-translate.html
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

http::Response expand_value_set(const Exchange& exchange);
http::Response translate_code(const Exchange& exchange);

}  // namespace meridian::rest
