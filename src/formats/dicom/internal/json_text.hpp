// Pieces of JSON.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace meridian::dicom::internal {

/// In quotes, control characters escaped.
void append_json_text(std::string& out, std::string_view utf8);
/// A decimal or integer string (DS, IS) as a JSON number of the same digits; nothing where it is no number.
std::optional<std::string> json_number(std::string_view written);

}  // namespace meridian::dicom::internal
