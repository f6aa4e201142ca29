// Small help with text that several interactions need.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace meridian::rest {

/// The parts between separators; one empty part of an empty text.
std::vector<std::string_view> split(std::string_view text, char separator);
/// Digits only, without sign, that fit.
std::optional<std::uint64_t> whole_number(std::string_view text);
/// `[A-Za-z0-9\-\.]{1,64}`: https://hl7.org/fhir/R4/datatypes.html#id
bool is_id(std::string_view text);

}  // namespace meridian::rest
