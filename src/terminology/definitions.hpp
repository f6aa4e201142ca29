// CodeSystem, ValueSet and ConceptMap resources, read into what this module computes with.
// Threads: plain functions. The nodes need not outlive the call.
#pragma once

#include <memory>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "terminology/code_system.hpp"
#include "terminology/concept_map.hpp"
#include "terminology/value_set.hpp"

namespace meridian::terminology {

/// What the hierarchy names and is not there, and circles, are warnings. Errors: unprocessable without a url; those of
/// CodeSystemBuilder.
Result<CodeSystemPtr> read_code_system(fhir::Node resource, Issues& issues);

/// A value set without `compose` is what its expansion lists.
ValueSet read_value_set(fhir::Node resource);

std::shared_ptr<const ConceptMap> read_concept_map(fhir::Node resource);

/// A system of the specification, as Schema::r4() has it.
Result<CodeSystemPtr> read_code_system(fhir::CodeSystemId id);

}  // namespace meridian::terminology
