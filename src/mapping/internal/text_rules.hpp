// What texts of messages must look like to be texts of FHIR: UTF-8 without control characters.
#pragma once

#include <string>
#include <string_view>

namespace meridian::mapping::internal {

/// Bytes that are no UTF-8 become U+FFFD, control characters other than tab and line ends are left out.
std::string clean(std::string_view text);
/// Whether clean() would change nothing.
bool is_clean(std::string_view text);

}  // namespace meridian::mapping::internal
