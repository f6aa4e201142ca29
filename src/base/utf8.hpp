// UTF-8: whether bytes are it, and how many characters they make.
// Specification: https://www.rfc-editor.org/rfc/rfc3629 (no surrogates, nothing over U+10FFFF, shortest forms only)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meridian {

/// How many bytes from the start are whole, valid characters; the size of the text when it is valid.
std::size_t valid_utf8_prefix(std::string_view text);
inline bool is_valid_utf8(std::string_view text) {
  return valid_utf8_prefix(text) == text.size();
}

/// Code points of a valid text.
std::size_t count_code_points(std::string_view text);
/// Where the code point with this index begins in a valid text; the text's size when there are fewer.
std::size_t offset_of_code_point(std::string_view text, std::size_t index);

/// U+FFFD for what is not a character (surrogates, beyond U+10FFFF).
void append_utf8(std::string& out, char32_t code_point);
/// The code point at `offset` of a valid text, and `offset` moved behind it.
char32_t next_code_point(std::string_view text, std::size_t& offset);

}  // namespace meridian
