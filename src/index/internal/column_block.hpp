// A column block: what stands in a column for up to 4,096 rows, from its first row on, which stands in the key.
//
//   block  := count:2 span:2 low_bits:1 high_bits:1 least:8 present lows highs padding:8     numbers little-endian
//   span   := the last row less the first
//   present:= nothing when count = span + 1, else (span + 8) / 8 bytes, bit i for the first row + i
//   lows   := count times low_bits bits, each low less the least, packed from the least bit on, to a whole byte
//   highs  := count times high_bits bits, each high less its low, likewise
//
// Values are read where they lie: a question for ten rows of a block unpacks ten.
// Example: rows 7, 8, 9 with (100, 100), (101, 101), (103, 103); first row 7 in the key; without the padding:
//   0300 0200 02 00 6400000000000000  110100 as bits from the top: 34
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "index/rows.hpp"

namespace meridian::index {

inline constexpr Row kBlockSpan = 4096;

struct ColumnValue {
  Row row;
  std::uint64_t low;
  std::uint64_t high;
};

/// Appends a block of ascending rows, at least one, that span at most kBlockSpan. high < low counts as low.
void append_column_block(std::string& bytes, std::span<const ColumnValue> values);

/// Reads a block where it lies; the bytes must stay.
class ColumnBlock {
 public:
  static Result<ColumnBlock> parse(Row first, std::string_view bytes);

  Row first() const { return first_; }
  Row last() const { return first_ + span_; }
  /// The place of a row's value, or -1. The row lies between first() and last().
  std::int32_t place_of(Row row) const {
    const auto offset = static_cast<std::uint32_t>(row - first_);
    if (present_ == nullptr) return static_cast<std::int32_t>(offset);
    const std::uint64_t word = words_[offset / 64];
    const std::uint64_t bit = std::uint64_t{1} << (offset % 64);
    if ((word & bit) == 0) return -1;
    return ranks_[offset / 64] + ones(word & (bit - 1));
  }
  std::uint64_t low(std::int32_t place) const { return least_ + packed(lows_, low_bits_, place); }
  std::uint64_t high(std::int32_t place, std::uint64_t low) const {
    return high_bits_ == 0 ? low : low + packed(highs_, high_bits_, place);
  }

 private:
  /// How many bits are set. Without the processor's own instruction, which the oldest ones that we run on have not, the
  /// compiler calls a function: this is a few steps in place. https://graphics.stanford.edu/~seander/bithacks.html
  static std::int32_t ones(std::uint64_t bits) {
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0F0F0F0F0F0F0F0Fu;
    return static_cast<std::int32_t>(bits * 0x0101010101010101u >> 56);
  }
  static std::uint64_t packed(const char* from, unsigned bits, std::int32_t place) {
    if (bits == 0) return 0;
    const std::uint64_t at = std::uint64_t{bits} * static_cast<std::uint32_t>(place);
    const unsigned shift = at % 8;
    std::uint64_t value = load_little<std::uint64_t>(from + at / 8) >> shift;
    if (bits + shift > 64) value |= std::uint64_t{static_cast<std::uint8_t>(from[at / 8 + 8])} << (64 - shift);
    return bits == 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
  }

  Row first_ = 0;
  std::uint32_t span_ = 0;
  unsigned low_bits_ = 0;
  unsigned high_bits_ = 0;
  std::uint64_t least_ = 0;
  const char* present_ = nullptr;
  const char* lows_ = nullptr;
  const char* highs_ = nullptr;
  std::uint64_t words_[kBlockSpan / 64];
  std::uint16_t ranks_[kBlockSpan / 64];
};

}  // namespace meridian::index
