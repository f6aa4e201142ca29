// patch: a resource changed as JSON Patch, JSON Merge Patch or FHIRPath Patch say, by id and by a condition.
//
// What the patch was applied to must still be the present version when it is committed; when another write came in
// between, it is applied again to what that one left, a few times, unless If-Match named a version.
// Specification: https://hl7.org/fhir/R4/http.html#patch
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rest/exchange.hpp"

namespace meridian::rest {

/// PATCH [type]/[id]
void patch_resource(const ExchangePtr& exchange);
/// PATCH [type]?search
void patch_found(const ExchangePtr& exchange);

enum class PatchForm : std::uint8_t { json_patch, merge_patch, fhirpath };

/// A patch, read once and applied as often as needed. Its texts live as long as it.
struct Patch {
  PatchForm form = PatchForm::json_patch;
  std::string_view text;
  fhir::Document parameters;  ///< of fhirpath

  /// A resource of the same type and id; otherwise a document without root, and issues.
  fhir::Document apply_to(std::string json, Issues& issues) const;
};

}  // namespace meridian::rest
