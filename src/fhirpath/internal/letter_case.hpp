// Upper and lower case of single letters: ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic. Letters whose case
// changes their number (ß), or depends on the language, stay as they are: FHIRPath names no locale.
#pragma once

#include <string>
#include <string_view>

namespace meridian::fhirpath::internal {

std::string upper_case(std::string_view text);
std::string lower_case(std::string_view text);

}  // namespace meridian::fhirpath::internal
