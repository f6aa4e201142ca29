// $diff: what changed between two versions of a resource, as a FHIRPath Patch that leads from one to the other.
//
// Not HL7's; parameters and form follow what known servers have. GET [type]/[id]/$diff compares the present version
// with the one before, `fromVersion` and `toVersion` name others. Specification of the form:
// https://hl7.org/fhir/R4/fhirpatch.html
#pragma once

#include <string>

#include "rest/exchange.hpp"

namespace meridian::rest {

http::Response diff_versions(const Exchange& exchange);

/// The Parameters of the patch. id, versionId and lastUpdated are not compared.
std::string patch_between(const fhir::Document& from, const fhir::Document& to);

}  // namespace meridian::rest
