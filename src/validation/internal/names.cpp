#include "validation/internal/names.hpp"

namespace meridian::validation::internal {

Names::Names(const fhir::Schema& schema) {
#define NAME(word) word = schema.find_name(#word);
  MERIDIAN_NAMES(NAME)
#undef NAME
  concept_ = schema.find_name("concept");
}

}  // namespace meridian::validation::internal
