// The code systems and value sets of the FHIR specification, from Schema::r4(). Each system is made when it is first
// asked for and kept until the program ends. Threads: any.
#pragma once

#include <string_view>

#include "terminology/value_set.hpp"

namespace meridian::terminology {

/// Null when the specification has no such system, or only its name, or not that version.
CodeSystemPtr specification_system(std::string_view url, std::string_view version);

/// A value set of the specification, on the systems of `sources`. Null when there is none.
CodeSetPtr specification_set(std::string_view canonical, const Sources& sources);

}  // namespace meridian::terminology
