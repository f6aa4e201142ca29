// Hierarchies: resources of one type that are part of each other, as Location.partOf says, and the versions of
// canonicals: what :above and :below of references mean.
//
// Specification: https://hl7.org/fhir/R4/search.html#recursive, https://hl7.org/fhir/R4/search.html#versions
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "search/internal/operands.hpp"
#include "search/query.hpp"

namespace meridian::search::internal {

/// The parameter by which resources of the type say what they are part of; null when they do not.
const Parameter* hierarchy_of(const Parameters& parameters, fhir::TypeId type);

/// A place in a hierarchy: "Location/42", of which `parent` leads upwards.
struct HierarchyPlace {
  std::string address;
  const Parameter* parent;
};
/// Those that an operand may name, one a type; none when nothing it may name has a hierarchy.
std::vector<HierarchyPlace> hierarchy_places(const Parameters& parameters, const Parameter& reference,
                                             const ReferenceOperand& operand);

/// Whether `version` is `of` or a finer one: 1.2 and 1.2.3 are below 1.2, and all are below none.
bool is_version_below(std::string_view version, const ReferenceOperand& of);
/// The versions that a version is below, itself among them: of 1.2.3 none, 1, 1.2 and 1.2.3.
std::vector<std::string_view> versions_above(std::string_view version);

}  // namespace meridian::search::internal
