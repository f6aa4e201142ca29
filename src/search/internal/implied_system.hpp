// ImpliedSystems: the code system of an element of type `code`, which names none itself: that of its required binding.
// https://hl7.org/fhir/R4/datatypes.html#code
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "formats/fhir/schema.hpp"

namespace meridian::search::internal {

/// One thread. Remembers what it found out, within a bound.
class ImpliedSystems {
 public:
  explicit ImpliedSystems(const fhir::Schema& schema) : schema_(schema), guesses_(schema.value_sets().size()) {}

  /// Empty when the element implies none, or the code is unknown there.
  std::string_view find(fhir::ElementId element, std::string_view code);

 private:
  struct Guess {
    bool made = false;
    fhir::CodeSystemId system = fhir::CodeSystemId::none;
  };
  struct Answer {
    std::string code;
    std::string_view system;
  };
  std::string_view look_up(fhir::ValueSetId set, std::string_view code);

  const fhir::Schema& schema_;
  std::vector<Guess> guesses_;  // by value set: the system whose URL is like its own
  std::unordered_multimap<fhir::ValueSetId, Answer> answers_;
};

}  // namespace meridian::search::internal
