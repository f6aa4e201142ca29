// ValueSet: whether a number is among given ones: few are searched, many are hashed.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

namespace meridian::index {

class ValueSet {
 public:
  /// Ascending; they must stay.
  explicit ValueSet(std::span<const std::uint64_t> sorted) : sorted_(sorted) {
    if (sorted.size() <= kFew) return;
    slots_.resize(std::bit_ceil(sorted.size() * 2));
    shift_ = static_cast<unsigned>(std::countl_zero(slots_.size())) + 1;
    for (const std::uint64_t value : sorted) {
      if (value == 0) continue;  // an empty slot; asked of the list itself
      std::size_t at = place(value);
      while (slots_[at] != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = value;
    }
  }

  bool contains(std::uint64_t value) const {
    if (value == 0) return sorted_.front() == 0;
    if (slots_.empty()) return std::binary_search(sorted_.begin(), sorted_.end(), value);
    for (std::size_t at = place(value); slots_[at] != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at] == value) return true;
    }
    return false;
  }

 private:
  static constexpr std::size_t kFew = 16;
  std::size_t place(std::uint64_t value) const { return (value * 0x9E3779B97F4A7C15ULL) >> shift_; }

  std::span<const std::uint64_t> sorted_;
  std::vector<std::uint64_t> slots_;
  unsigned shift_ = 0;
};

}  // namespace meridian::index
