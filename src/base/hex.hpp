// Bytes as hexadecimal digits and back.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

/// The value of a hexadecimal digit in either case, or -1.
constexpr int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// In lower case.
std::string to_hex(std::string_view bytes);
std::string to_hex(std::span<const std::byte> bytes);
/// An even number of digits in either case and nothing else.
Result<std::string> from_hex(std::string_view text);

}  // namespace meridian
