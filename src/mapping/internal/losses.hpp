// What a Bundle says and the document made of it does not.
#pragma once

#include <vector>

#include "base/issue.hpp"
#include "fhirpath/ports.hpp"
#include "formats/fhir/document.hpp"
#include "mapping/internal/template_values.hpp"

namespace meridian::mapping::internal {

/// What of a Bundle was taken: by Node::order(), what was said and what is not missed; and how resources are found.
struct Taken {
  const std::vector<bool>& said;
  const std::vector<bool>& passed;
  const fhirpath::ReferenceResolver& references;
  const Oids& oids;
};

/// One issue for each element of a kind (`Condition.recorder`). A reference is said when what it leads to is.
void tell_losses(const fhir::Document& bundle, const Taken& taken, Issues& issues);

}  // namespace meridian::mapping::internal
