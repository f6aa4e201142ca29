// SNOMED CT's reference sets within its code system: members by a property, targets of maps by another, and the concept
// maps that are made of these.
//
// A simple reference set is the value set `http://snomed.info/sct?fhir_vs=refset/ID`; a map is the concept map
// `http://snomed.info/sct?fhir_cm=ID`. Specification: https://terminology.hl7.org/SNOMEDCT.html
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "terminology/code_system.hpp"
#include "terminology/snapshot.hpp"

namespace meridian::terminology {

inline constexpr std::string_view kRefsetProperty = "refset";  ///< its values: ids of reference sets
inline constexpr std::string_view kMapProperty = "map:";       ///< and the id of a map

/// What a map says of one concept. The code is empty where nothing corresponds.
struct SnomedTarget {
  std::string_view code;
  std::string_view group;
  std::string_view priority;
  std::string_view rule;
  std::string_view advice;
  std::string_view correlation;
};
/// The value of a property that stands for it: "E11.9|equivalent|1/1|ALWAYS E11.9".
std::string written(const SnomedTarget& target);

/// Of a system without such properties none.
std::vector<ConceptMapPtr> snomed_maps(const CodeSystem& system);

}  // namespace meridian::terminology
