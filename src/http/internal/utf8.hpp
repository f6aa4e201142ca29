// is_utf8(): whether bytes are well-formed UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF).
// https://www.unicode.org/versions/Unicode15.0.0/ch03.pdf table 3-7
#pragma once

#include <cstddef>
#include <string_view>

namespace meridian::http::internal {

bool is_utf8(std::string_view text);

}  // namespace meridian::http::internal
