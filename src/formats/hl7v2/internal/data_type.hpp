// Whether a value is of a primitive data type of HL7 v2 (chapter 2.A), and other questions about single values.
#pragma once

#include <cstddef>
#include <string_view>

namespace meridian::hl7v2::internal {

/// NM, SI, DT, TM, DTM and TS (of v2.1 to v2.4, where it has no parts); anything is a value of the other types.
bool is_value_of(std::string_view data_type, std::string_view text);

/// Characters, where the text is UTF-8; bytes otherwise.
std::size_t length_of(std::string_view text);

}  // namespace meridian::hl7v2::internal
