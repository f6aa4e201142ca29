// The FHIR operations that need no store: POST /fhir/$validate, /fhir/{type}/$validate and /fhir/$fhirpath.
//
// Bodies and answers are JSON or XML by Content-Type, Accept and `_format`; messages are English or Chinese by
// Accept-Language; faults below /fhir are OperationOutcomes, those of the HTTP layer too. What the operations need is
// shared and outlives the router. Threads: handlers run on the executor's threads, any number at once. Specification:
// https://hl7.org/fhir/R4/resource-operation-validate.html, https://hl7.org/fhir/R4/http.html
#pragma once

#include <cstddef>
#include <cstdint>

namespace meridian::http {
class Router;
}
namespace meridian::validation {
class Validator;
class Profiles;
}  // namespace meridian::validation
namespace meridian::fhirpath {
class Terminology;
class Subsumption;
}  // namespace meridian::fhirpath

namespace meridian::rest {

struct OperationServices {
  const validation::Validator* validator = nullptr;
  const fhirpath::Terminology* terminology = nullptr;  ///< null: the code systems of the specification
  const fhirpath::Subsumption* subsumption = nullptr;
  std::uint32_t fhirpath_milliseconds = 5'000;  ///< the longest that one expression may run
  std::size_t max_issues = 1'000;               ///< in one OperationOutcome
};

/// The services must outlive the router.
void mount_operations(http::Router& router, const OperationServices& services);

}  // namespace meridian::rest
