// The bytes of an XML document as UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/issue.hpp"

namespace meridian::tree::internal {

/// By byte order mark, XML declaration, or UTF-8. What is no character becomes U+FFFD, and is said. Nothing, with a
/// fatal Issue, when the encoding is not known.
std::optional<std::string> to_utf8(std::string_view bytes, Issues& issues);

}  // namespace meridian::tree::internal
