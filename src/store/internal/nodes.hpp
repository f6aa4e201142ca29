// A child's text; empty when there is no such child.
#pragma once

#include <string_view>

#include "formats/fhir/document.hpp"

namespace meridian::store {

template <typename Name>
std::string_view child_text(fhir::Node node, Name name) {
  const fhir::Node child = node.child(name);
  return child ? child.text() : std::string_view();
}

}  // namespace meridian::store
