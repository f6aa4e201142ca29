// The text of what may not be there.
#pragma once

#include <string_view>

#include "formats/fhir/document.hpp"

namespace meridian::imaging::internal {

/// Of the first child of that name; empty where there is none, or where `of` is null.
inline std::string_view text_in(fhir::Node of, std::string_view name) {
  const fhir::Node child = of ? of.child(name) : fhir::Node();
  return child ? child.text() : std::string_view();
}

}  // namespace meridian::imaging::internal
