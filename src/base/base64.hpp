// Base64, strictly: one text for one sequence of bytes, so that two spellings are never taken for different data.
// Specification: https://www.rfc-editor.org/rfc/rfc4648
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

enum class Base64 : std::uint8_t {
  standard,  ///< `+` and `/`, padded with `=` (section 4): FHIR's base64Binary, MIME, HTTP
  url,       ///< `-` and `_`, never padded (section 5): tokens, cursors
};

std::string to_base64(std::string_view bytes, Base64 variant = Base64::standard);
/// malformed_input for another alphabet, missing or needless padding, white space, or leftover bits that are not zero.
Result<std::string> from_base64(std::string_view text, Base64 variant = Base64::standard);

}  // namespace meridian
