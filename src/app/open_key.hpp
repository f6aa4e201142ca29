// The key of ids that the command line makes: the same in every run and for every format, so that a patient of a
// message and of an image meet. A store has a key of its own, so that its ids tell nobody what they were made of.
#pragma once

#include <string_view>

namespace meridian::app {

inline constexpr std::string_view kOpenKey = "meridian hl7 to-fhir";

}  // namespace meridian::app
