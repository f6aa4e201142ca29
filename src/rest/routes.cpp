#include "rest/routes.hpp"

#include <string>

#include "http/router.hpp"
#include "rest/fhirpath_operation.hpp"
#include "rest/representation.hpp"
#include "rest/validate_operation.hpp"

namespace meridian::rest {
namespace {

constexpr const char* kJson = "application/fhir+json";
constexpr const char* kXml = "application/fhir+xml";
constexpr const char* kResource = R"({"type":"object","required":["resourceType"]})";

http::Route& described(http::Route& route, const char* id, const char* summary, const char* result) {
  http::ApiDescription api;
  api.operation_id = id;
  api.summary = summary;
  api.tags = {"FHIR operations"};
  api.parameters.push_back({http::ApiParameter::In::query, "_format", "json or xml; wins over Accept"});
  api.request_body = {{kJson, kResource}, {kXml, {}}};
  api.responses = {{200, result, {{kJson, kResource}, {kXml, {}}}},
                   {400, "an OperationOutcome: the request cannot be read", {{kJson, kResource}}},
                   {406, "an OperationOutcome: neither JSON nor XML was asked for", {{kJson, kResource}}},
                   {415, "an OperationOutcome: neither JSON nor XML was sent", {{kJson, kResource}}}};
  return route.describe(std::move(api));
}

}  // namespace

void mount_operations(http::Router& router, const OperationServices& services) {
  const auto validate = [services](const http::Request& request) { return validate_resource(request, services); };
  const http::ApiParameter profile{http::ApiParameter::In::query, "profile",
                                   "canonical URL of a profile that the resource must conform to"};
  described(router.add(http::Method::post, "/fhir/$validate", validate), "validate",
            "Say what is wrong with a resource", "an OperationOutcome, whether the resource is valid or not")
      .parameter(profile);
  described(router.add(http::Method::post, "/fhir/{type}/$validate", validate), "validate-type",
            "Say what is wrong with a resource of this type",
            "an OperationOutcome, whether the resource is valid or not")
      .parameter(profile);
  described(router.add(http::Method::post, "/fhir/$fhirpath",
                       [services](const http::Request& request) { return evaluate_fhirpath(request, services); }),
            "fhirpath", "Evaluate a FHIRPath expression over a resource",
            "Parameters: what was evaluated, and a result for each context item")
      .parameter({http::ApiParameter::In::query, "expression", "the expression, when the body is the resource itself"});
  router.tell_problems("/fhir", tell_as_outcome);
}

}  // namespace meridian::rest
