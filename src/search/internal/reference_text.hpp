// The text of a reference taken apart: of resources and of search operands alike.
// https://hl7.org/fhir/R4/references.html#literal
#pragma once

#include <string_view>

#include "search/values.hpp"

namespace meridian::search::internal {

/// Fills type and id of a relative reference (`Patient/7`, `Patient/7/_history/2`), or url (and type where it ends so)
/// of any other. A contained one (`#x`) gives nothing.
void split_reference(const fhir::Schema& schema, std::string_view text, ReferenceValue& out);

/// "Patient" when it names a type of resource; empty otherwise.
std::string_view resource_type_named(const fhir::Schema& schema, std::string_view name);

}  // namespace meridian::search::internal
