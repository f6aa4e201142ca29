// Texts of PDUs and commands.
#pragma once

#include <string>
#include <string_view>

#include "base/trim.hpp"

namespace meridian::connect::internal {

/// UIDs come padded by some with zeros, as in data sets, by others with spaces; titles with spaces.
inline std::string without_padding(std::string_view text) {
  return std::string(trimmed(text, std::string_view(" \0", 2)));
}

}  // namespace meridian::connect::internal
