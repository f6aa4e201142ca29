// The element names and types that validation asks for by name, looked up once per schema.
#pragma once

#include "formats/fhir/schema.hpp"

namespace meridian::validation::internal {

struct Names {
  explicit Names(const fhir::Schema& schema);

#define MERIDIAN_NAME(word) fhir::NameId word;
#include "validation/internal/names.def"
#undef MERIDIAN_NAME
  fhir::NameId concept_;  // `concept` is a word of C++
};

}  // namespace meridian::validation::internal
