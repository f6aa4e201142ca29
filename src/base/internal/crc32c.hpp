// The two ways to compute CRC32C, so that a test can hold them against each other.
#pragma once

#include <cstdint>
#include <string_view>

namespace meridian::internal {

std::uint32_t crc32c_by_table(std::string_view bytes, std::uint32_t before);
/// With the instruction of SSE 4.2, where `has_crc32c_instruction()`.
std::uint32_t crc32c_by_instruction(std::string_view bytes, std::uint32_t before);
bool has_crc32c_instruction();

}  // namespace meridian::internal
