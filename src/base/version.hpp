// The version of the program, as its CMakeLists.txt has it (a test holds them together).
#pragma once

#include <string_view>

namespace meridian {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace meridian
