#include "validation/internal/names.hpp"

namespace meridian::validation::internal {

Names::Names(const fhir::Schema& schema) {
#define MERIDIAN_NAME(word) word = schema.find_name(#word);
#include "validation/internal/names.def"
#undef MERIDIAN_NAME
  concept_ = schema.find_name("concept");
}

}  // namespace meridian::validation::internal
