// The places of up to four bytes in a text, 64 bytes of it at a time: what the scanner of records jumps along.
// The text must stay where it is; nothing behind its end is read.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace meridian::table::internal {

class ByteMarks {
 public:
  static constexpr std::size_t kNone = SIZE_MAX;

  explicit ByteMarks(std::array<char, 4> sought) : sought_(sought) {}

  /// Begins at `at` of `text`.
  void reset(std::string_view text, std::size_t at) {
    text_ = text;
    base_ = at;
    bits_ = high_ = 0;
    is_loaded_ = false;
  }

  /// The next place, kNone at the end of the text. `saw_high()` tells of bytes over 0x7F up to the last block looked
  /// at.
  std::size_t next() {
    while (bits_ == 0) {
      if (!load_next()) return kNone;
    }
    const std::size_t place = base_ + static_cast<std::size_t>(std::countr_zero(bits_));
    bits_ &= bits_ - 1;
    return place;
  }

  /// Whether a byte over 0x7F may stand before the place last given, since the last time this was asked. It says yes
  /// once too often for what stands behind in the same block.
  bool take_high() {
    const bool seen = high_ != 0 || block_high_ != 0;
    high_ = 0;
    return seen;
  }

 private:
  static constexpr std::size_t kBlock = 64;

  bool load_next() {
    if (is_loaded_) base_ += kBlock;
    is_loaded_ = base_ < text_.size();
    if (is_loaded_) {
      load();
    } else {
      base_ = text_.size();
    }
    return is_loaded_;
  }

  void load() {
    if (text_.size() - base_ >= kBlock) {
      match(text_.data() + base_);
      return;
    }
    std::array<char, kBlock> rest{};
    std::memcpy(rest.data(), text_.data() + base_, text_.size() - base_);
    match(rest.data());
    bits_ &= (std::uint64_t{1} << (text_.size() - base_)) - 1;
  }

#ifdef __SSE2__
  void match(const char* block) {
    high_ |= block_high_;
    bits_ = block_high_ = 0;
    for (unsigned part = 0; part < 4; ++part) {
      const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(block + 16 * part));
      const __m128i found = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(sought_[0])),
                                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(sought_[1]))),
                                         _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(sought_[2])),
                                                      _mm_cmpeq_epi8(bytes, _mm_set1_epi8(sought_[3]))));
      bits_ |= std::uint64_t{static_cast<unsigned>(_mm_movemask_epi8(found))} << (16 * part);
      block_high_ |= static_cast<unsigned>(_mm_movemask_epi8(bytes));
    }
  }
#else
  void match(const char* block) {
    high_ |= block_high_;
    bits_ = block_high_ = 0;
    for (unsigned i = 0; i < kBlock; ++i) {
      const char c = block[i];
      const bool found = c == sought_[0] || c == sought_[1] || c == sought_[2] || c == sought_[3];
      bits_ |= std::uint64_t{found} << i;
      block_high_ |= static_cast<unsigned char>(c) & 0x80U;
    }
  }
#endif

  std::array<char, 4> sought_;
  std::string_view text_;
  std::size_t base_ = 0;
  std::uint64_t bits_ = 0;
  bool is_loaded_ = false;
  unsigned block_high_ = 0;  // of the present block
  unsigned high_ = 0;        // of the blocks before it, since asked
};

}  // namespace meridian::table::internal
