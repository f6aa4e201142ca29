// What holds between the entries of a Bundle and is not said in FHIRPath.
// Specification: https://hl7.org/fhir/R4/bundle.html, documents.html, messaging.html, http.html#search
#pragma once

namespace meridian::validation::internal {

class ReferenceIndex;
class Walk;

void check_bundles(Walk& walk, const ReferenceIndex& index);

}  // namespace meridian::validation::internal
