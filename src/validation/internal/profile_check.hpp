// Checks a document against compiled profiles: those that its resources claim or the caller asks for, and the
// definitions of the extensions in it.
#pragma once

#include <span>
#include <string>

namespace meridian::validation::internal {

class Walk;

void check_profiles(Walk& walk, std::span<const std::string> asked);

}  // namespace meridian::validation::internal
