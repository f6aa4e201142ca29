// $validate: says what is wrong with a resource, without keeping it.
// Specification: https://hl7.org/fhir/R4/resource-operation-validate.html
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "rest/routes.hpp"

namespace meridian::rest {

/// The body is the resource, or Parameters with `resource`, `profile` (may repeat) and `mode`; `profile` and `mode`
/// may stand in the query instead. Answers 200 with an OperationOutcome whether the resource is valid or not; 400
/// when the body is no resource at all.
http::Response validate_resource(const http::Request& request, const OperationServices& services);

}  // namespace meridian::rest
