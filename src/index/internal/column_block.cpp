#include "index/internal/column_block.hpp"

#include <algorithm>
#include <bit>

namespace meridian::index {

namespace {

constexpr std::size_t kHeaderBytes = 14;
constexpr std::size_t kPaddingBytes = 8;  // so that a whole word can be read at the last value

std::size_t packed_bytes(std::size_t count, unsigned bits) {
  return (count * bits + 7) / 8;
}

/// Appends values that are asked for by place, each in so many bits.
template <typename ValueAt>
void append_packed(std::string& bytes, std::size_t count, unsigned bits, ValueAt value_at) {
  if (bits == 0) return;
  const std::size_t start = bytes.size();
  bytes.resize(start + packed_bytes(count, bits) + 16);
  char* const to = bytes.data() + start;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t at = i * bits;
    const unsigned shift = at % 8;
    const std::uint64_t value = value_at(i);
    store_little(to + at / 8, load_little<std::uint64_t>(to + at / 8) | value << shift);
    if (shift != 0 && bits + shift > 64) to[at / 8 + 8] = static_cast<char>(value >> (64 - shift));
  }
  bytes.resize(start + packed_bytes(count, bits));
}

}  // namespace

void append_column_block(std::string& bytes, std::span<const ColumnValue> values) {
  std::uint64_t least = UINT64_MAX;
  std::uint64_t greatest = 0;
  std::uint64_t widest = 0;
  for (const ColumnValue& value : values) {
    least = std::min(least, value.low);
    greatest = std::max(greatest, value.low);
    widest = std::max(widest, std::max(value.low, value.high) - value.low);
  }
  const Row first = values.front().row;
  const auto span = static_cast<std::uint16_t>(values.back().row - first);
  const auto low_bits = static_cast<unsigned>(std::bit_width(greatest - least));
  const auto high_bits = static_cast<unsigned>(std::bit_width(widest));
  const std::size_t start = bytes.size();
  bytes.resize(start + kHeaderBytes);
  char* const header = bytes.data() + start;
  store_little(header, static_cast<std::uint16_t>(values.size()));
  store_little(header + 2, span);
  header[4] = static_cast<char>(low_bits);
  header[5] = static_cast<char>(high_bits);
  store_little(header + 6, least);
  if (values.size() != std::size_t{span} + 1) {
    const std::size_t present = bytes.size();
    bytes.resize(present + (span + std::size_t{8}) / 8);
    for (const ColumnValue& value : values) {
      const auto offset = static_cast<std::size_t>(value.row - first);
      char& byte = bytes[present + offset / 8];
      byte = static_cast<char>(static_cast<std::uint8_t>(byte) | 1U << (offset % 8));
    }
  }
  append_packed(bytes, values.size(), low_bits, [&](std::size_t i) { return values[i].low - least; });
  append_packed(bytes, values.size(), high_bits,
                [&](std::size_t i) { return std::max(values[i].low, values[i].high) - values[i].low; });
  bytes.append(kPaddingBytes, '\0');
}

Result<ColumnBlock> ColumnBlock::parse(Row first, std::string_view bytes) {
  const auto malformed = [] { return fail(ErrorCode::malformed_input, "a block of a column is damaged"); };
  if (bytes.size() < kHeaderBytes + kPaddingBytes || first > UINT64_MAX - kBlockSpan) return malformed();
  ColumnBlock block;
  const char* at = bytes.data();
  const std::size_t count = load_little<std::uint16_t>(at);
  block.first_ = first;
  block.span_ = load_little<std::uint16_t>(at + 2);
  block.low_bits_ = static_cast<std::uint8_t>(at[4]);
  block.high_bits_ = static_cast<std::uint8_t>(at[5]);
  block.least_ = load_little<std::uint64_t>(at + 6);
  if (count == 0 || block.span_ >= kBlockSpan || count > std::size_t{block.span_} + 1 || block.low_bits_ > 64 ||
      block.high_bits_ > 64) {
    return malformed();
  }
  const std::size_t present_bytes = count == std::size_t{block.span_} + 1 ? 0 : (block.span_ + std::size_t{8}) / 8;
  const std::size_t low_bytes = packed_bytes(count, block.low_bits_);
  const std::size_t high_bytes = packed_bytes(count, block.high_bits_);
  if (bytes.size() != kHeaderBytes + present_bytes + low_bytes + high_bytes + kPaddingBytes) return malformed();
  at += kHeaderBytes;
  if (present_bytes != 0) {
    block.present_ = at;
    std::uint32_t rank = 0;
    for (std::size_t word = 0; word * 64 <= block.span_; ++word) {
      std::uint64_t bits = 0;
      for (std::size_t i = word * 8; i < std::min(word * 8 + 8, present_bytes); ++i) {
        bits |= std::uint64_t{static_cast<std::uint8_t>(at[i])} << (8 * (i % 8));
      }
      block.words_[word] = bits;
      block.ranks_[word] = static_cast<std::uint16_t>(rank);
      rank += static_cast<std::uint32_t>(std::popcount(bits));
    }
    if (rank != count) return malformed();
  }
  block.lows_ = at + present_bytes;
  block.highs_ = block.lows_ + low_bytes;
  return block;
}

}  // namespace meridian::index
