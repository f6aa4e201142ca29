#include "formats/hl7v2/internal/scan.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "formats/hl7v2/internal/tape.hpp"

namespace meridian::hl7v2::internal {

ByteClasses::ByteClasses(const Separators& separators) : classes_{} {
  classes_.fill(kPlain);
  const auto set = [this](char c, std::uint8_t to) {
    if (c != '\0') classes_[static_cast<unsigned char>(c)] = to;
  };
  set(separators.escape, kEscape);
  set(separators.subcomponent, kSubcomponent);
  set(separators.component, kComponent);
  set(separators.repetition, kRepetition);
  set(separators.field, kField);
  set('\r', kSegmentEnd);
  set('\n', kSegmentEnd);
}

namespace {

constexpr std::size_t kBlock = 64;

#ifdef __SSE2__
/// One bit for each byte of a block that is not plain.
class BlockMask {
 public:
  explicit BlockMask(const Separators& s)
      : wanted_{_mm_set1_epi8(s.field),      _mm_set1_epi8(s.component),
                _mm_set1_epi8(s.repetition), _mm_set1_epi8(s.subcomponent),
                _mm_set1_epi8(s.escape),     _mm_set1_epi8('\r'),
                _mm_set1_epi8('\n')} {}

  std::uint64_t operator()(const char* at) const {
    return part(at) | part(at + 16) << 16U | part(at + 32) << 32U | part(at + 48) << 48U;
  }

 private:
  std::uint64_t part(const char* at) const {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    __m128i found = _mm_cmpeq_epi8(bytes, wanted_[0]);
    for (std::size_t i = 1; i < 7; ++i) found = _mm_or_si128(found, _mm_cmpeq_epi8(bytes, wanted_[i]));
    return static_cast<std::uint32_t>(_mm_movemask_epi8(found));
  }
  __m128i wanted_[7];
};
#else
class BlockMask {
 public:
  explicit BlockMask(const Separators& separators) : classes_(separators) {}
  std::uint64_t operator()(const char* at) const {
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      found |= std::uint64_t{classes_[at[i]] != ByteClasses::kPlain} << i;
    }
    return found;
  }

 private:
  ByteClasses classes_;
};
#endif

}  // namespace

std::uint32_t scan_separators(std::string_view text, std::size_t from, const Separators& separators,
                              std::vector<std::uint32_t>& marks) {
  const ByteClasses classes(separators);
  const BlockMask mask_of(separators);
  std::size_t used = marks.size();
  std::uint32_t escaped = 0;
  for (std::size_t at = from; at < text.size(); at += kBlock) {
    // A block makes at most 64 marks; doubling keeps growing cheap.
    if (marks.size() - used < kBlock) marks.resize(std::max(marks.size() * 2, used + 4096));
    std::uint64_t found;
    if (text.size() - at >= kBlock) {
      found = mask_of(text.data() + at);
    } else {
      char rest[kBlock] = {};
      std::memcpy(rest, text.data() + at, text.size() - at);
      found = mask_of(rest) & ((std::uint64_t{1} << (text.size() - at)) - 1);
    }
    std::uint32_t* out = marks.data() + used;
    for (; found != 0; found &= found - 1) {
      const std::size_t offset = at + static_cast<std::size_t>(std::countr_zero(found));
      const std::uint8_t what = classes[text[offset]];
      if (what == ByteClasses::kEscape) {
        escaped = kEscapedBit;
      } else if (what != ByteClasses::kPlain) {  // a zero byte, where a separator is not declared
        *out++ = static_cast<std::uint32_t>(offset << kOffsetShift) | escaped | what;
        escaped = 0;
      }
    }
    used = static_cast<std::size_t>(out - marks.data());
  }
  marks.resize(used);
  return escaped;
}

}  // namespace meridian::hl7v2::internal
