// Finds the separators of a text: the first of the parser's two passes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/hl7v2/separators.hpp"

namespace meridian::hl7v2::internal {

/// What each byte is: a MarkLevel, kEscape, or kPlain. CR and LF end segments.
class ByteClasses {
 public:
  static constexpr std::uint8_t kEscape = 8;
  static constexpr std::uint8_t kPlain = 16;
  explicit ByteClasses(const Separators& separators);
  std::uint8_t operator[](char c) const { return classes_[static_cast<unsigned char>(c)]; }

 private:
  std::array<std::uint8_t, 256> classes_;
};

/// Appends a mark (tape.hpp) for every separator, CR and LF from `from` on; at most kMostBytes. Gives kEscapedBit when
/// an escape character stands after the last of them, and 0 otherwise.
std::uint32_t scan_separators(std::string_view text, std::size_t from, const Separators& separators,
                              std::vector<std::uint32_t>& marks);

}  // namespace meridian::hl7v2::internal
