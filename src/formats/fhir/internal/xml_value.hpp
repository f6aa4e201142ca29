// How a value stands in JSON when XML gives only its text.
#pragma once

#include <string_view>

#include "formats/fhir/internal/json_scalar.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::fhir::internal {

/// json.html: booleans and numbers stand bare. The bare form of a value, or nothing when it is a string: by its type,
/// or because it is not what its type demands (which validation then reports).
inline std::string_view bare_form(std::string_view value, Primitive primitive) {
  switch (primitive) {
    case Primitive::boolean:
      return value == "true" || value == "false" ? value : std::string_view();
    case Primitive::integer:
    case Primitive::unsigned_int:
    case Primitive::positive_int:
      // FHIR allows a plus sign before an integer, JSON does not; it says nothing.
      if (value.starts_with('+') && !value.starts_with("+-")) value.remove_prefix(1);
      break;
    case Primitive::decimal:
      break;
    default:
      return {};
  }
  return number_length(value) == value.size() ? value : std::string_view();
}

}  // namespace meridian::fhir::internal
