// Regular expressions: RE2, whose time is linear in the text and whose memory is bounded.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace re2 {
class RE2;
}

namespace meridian::fhirpath::internal {

/// Null and a message when the pattern is not valid, or uses what linear time excludes (look-around, back references).
std::unique_ptr<re2::RE2> compile_pattern(std::string_view pattern, std::string& fault);

}  // namespace meridian::fhirpath::internal
