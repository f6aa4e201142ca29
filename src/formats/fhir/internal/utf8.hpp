// UTF-8, one character at a time: for the few places where speed does not matter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::fhir::internal {

/// The number of bytes of the well-formed character at `at`, or 0 (RFC 3629; no surrogates, nothing overlong).
std::size_t utf8_length(std::string_view text, std::size_t at);

/// Appends a code point, which is not a surrogate and not above U+10FFFF.
void append_utf8(std::string& out, std::uint32_t code_point);

}  // namespace meridian::fhir::internal
