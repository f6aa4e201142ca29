// Texts of SCP-ECG in the character set that their file names (EN 1064, 5.4.5, tag 14: the language support code).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::signal::internal {

/// As UTF-8 up to the first zero byte, without blanks around it and without control characters. Bytes that are UTF-8
/// are read so whatever the code says, since many writers leave it at ASCII.
std::string scp_text(std::string_view bytes, std::uint8_t language_code);

}  // namespace meridian::signal::internal
