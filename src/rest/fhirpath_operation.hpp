// $fhirpath: evaluates an expression over a resource that the request carries.
//
// Not in the FHIR specification; parameters and results follow the interface that FHIRPath Lab
// (https://fhirpath-lab.com) shares with the known engines, so that its page can use this server.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"
#include "rest/routes.hpp"

namespace meridian::rest {

/// The body is Parameters with `expression`, `resource`, and where wanted `context` (an expression: the other is
/// evaluated on each of its results) and `variables` (parts, one a variable); or a resource, with `expression` in the
/// query. Answers Parameters: `parameters` (what was evaluated), then a `result` for each context item with a part a
/// value, named by its type, and a part `trace` for each trace(). A bad expression is 400 with its position.
http::Response evaluate_fhirpath(const http::Request& request, const OperationServices& services);

}  // namespace meridian::rest
