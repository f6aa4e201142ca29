// Bytes of one repertoire in UTF-8, by ICU's converters, which each thread keeps.
#pragma once

#include <string>
#include <string_view>

#include "formats/dicom/charset.hpp"

namespace meridian::dicom::internal {

/// Double-byte sets of ISO 2022 in seven or eight bits alike. What is no character becomes U+FFFD.
void append_converted(std::string& out, std::string_view bytes, Repertoire repertoire);

}  // namespace meridian::dicom::internal
