// CodeSystem/$lookup, $validate-code and $subsumes, and ValueSet/$validate-code: what a code is, and where it belongs.
// Specification: https://hl7.org/fhir/R4/codesystem-operations.html,
// https://hl7.org/fhir/R4/valueset-operation-validate-code.html
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

http::Response look_up_code(const Exchange& exchange);
http::Response validate_system_code(const Exchange& exchange);
http::Response validate_set_code(const Exchange& exchange);
http::Response compare_codes(const Exchange& exchange);

}  // namespace meridian::rest
