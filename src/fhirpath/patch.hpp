// FHIRPath Patch: a document changed as a Parameters resource says, giving a new document.
//
// Each parameter named `operation` is one of add, insert, delete, replace and move, whose `path` is FHIRPath and must
// lead to one element (insert and move: to the items of one list; delete: to one or none). Operations are done in
// order, each on what the one before gave. All or nothing: a patch of which one operation fails leaves no document.
// What is not touched keeps its order, digits, ids and extensions.
//
// Faults are fatal Issues and give a Document without root; the Issue's path names the operation: `operation[3]`.
// The result is parsed like any received text. Whether it is valid is not asked here.
// Threads: plain functions; the parser given is used by nobody else meanwhile.
// Specification: https://hl7.org/fhir/R4/fhirpatch.html
#pragma once

#include <cstddef>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhirpath {

struct FhirPatchLimits {
  std::size_t max_operations = 1000;
};

/// `patch` is the Parameters resource.
fhir::Document apply_fhirpath_patch(const fhir::Document& document, fhir::Node patch, fhir::DocumentParser& parser,
                                    Issues& issues, const FhirPatchLimits& limits = {});

}  // namespace meridian::fhirpath
