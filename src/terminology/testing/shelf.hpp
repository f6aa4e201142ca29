// Shelf: a few systems and value sets of invented diseases, for tests; and resources read from JSON.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "terminology/library.hpp"

namespace meridian::terminology::testing {

/// disease > infection > {pneumonia, sepsis}, disease > lung > {pneumonia, asthma}, and retired `grippe`; with Chinese
/// names.
std::string_view diseases_json();
/// All infections; and, named by hand, asthma.
std::string_view value_set_json();
/// From diseases to http://example.org/letters and back.
std::string_view concept_map_json();

/// Puts a resource in; the test fails where it cannot be used.
void put(Library& library, const std::string& place, std::string_view json);

}  // namespace meridian::terminology::testing
