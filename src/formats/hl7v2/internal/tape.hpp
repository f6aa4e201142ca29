// Tape: where the parts of a parsed message lie. Three flat arrays over the text; nothing else is stored.
//
//   marks     one 32-bit word for each separator, in the order of the text:
//               bits 4..31 the offset, bit 3 whether an escape character stands in the leaf that ends here, bits 0..2
//               the level: 0 end of segment, 1 field, 2 repetition, 3 component, 4 subcomponent
//   fields    for each segment, the indices of its marks of levels 0 and 1: the first ends the segment's name
//   segments  where each begins in the text and in `fields`, and one more that closes the last
//
// `PID|1||A^B\r` at offset 60 has the marks 63/1 65/1 66/1 68/3 70/0 and the fields 0 1 2 4. In MSH (and FHS, BHS) the
// characters of the second field make no marks, and since the first field is the separator itself, field n ends with
// the mark that ends field n-1 elsewhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "formats/hl7v2/separators.hpp"

namespace meridian::hl7v2::internal {

enum MarkLevel : std::uint32_t { kSegmentEnd = 0, kField = 1, kRepetition = 2, kComponent = 3, kSubcomponent = 4 };

constexpr std::uint32_t kEscapedBit = 8;
constexpr std::uint32_t kOffsetShift = 4;
constexpr std::size_t kMostBytes = (std::size_t{1} << (32 - kOffsetShift)) - 1;

constexpr std::uint32_t level_of(std::uint32_t mark) {
  return mark & 7U;
}
constexpr std::uint32_t offset_of(std::uint32_t mark) {
  return mark >> kOffsetShift;
}
constexpr bool is_escaped(std::uint32_t mark) {
  return (mark & kEscapedBit) != 0;
}

struct SegmentRecord {
  std::uint32_t begin = 0;        // offset of its name
  std::uint32_t first_field = 0;  // in Tape::fields
  bool is_header = false;         // MSH, FHS, BHS: declares separators
};

struct Tape {
  std::string owned;  // empty when the text is borrowed
  std::string_view text;
  Separators separators;
  std::vector<std::uint32_t> marks;
  std::vector<std::uint32_t> fields;
  std::vector<SegmentRecord> segments;

  void clear() {
    owned.clear();
    text = {};
    separators = {};
    marks.clear();
    fields.clear();
    segments.clear();
  }
};

}  // namespace meridian::hl7v2::internal
