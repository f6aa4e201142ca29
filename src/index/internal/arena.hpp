// Arena: memory that is given out in order, stays where it is, and goes all at once. One thread.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace meridian::index {

class Arena {
 public:
  /// Aligned to 8 bytes, not cleared.
  void* allocate(std::size_t bytes) {
    bytes = (bytes + 7) & ~std::size_t{7};
    if (bytes > left_) add_slab(bytes);
    void* const given = at_;
    at_ += bytes;
    left_ -= bytes;
    return given;
  }
  std::size_t memory_bytes() const { return total_; }

 private:
  static constexpr std::size_t kLeastSlab = 4096;
  static constexpr std::size_t kGreatestSlab = std::size_t{256} << 10;

  void add_slab(std::size_t at_least) {
    std::size_t size = total_ < kLeastSlab ? kLeastSlab : total_;
    if (size > kGreatestSlab) size = kGreatestSlab;
    if (size < at_least) size = at_least;
    slabs_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
    at_ = slabs_.back().get();
    left_ = size;
    total_ += size;
  }

  std::vector<std::unique_ptr<std::byte[]>> slabs_;
  std::byte* at_ = nullptr;
  std::size_t left_ = 0;
  std::size_t total_ = 0;
};

}  // namespace meridian::index
