// InputBuffer: bytes that have been read and not yet used. Holds no memory while it is empty and released.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string_view>

#include "net/recycle.hpp"

namespace meridian::http::internal {

class InputBuffer {
 public:
  InputBuffer() = default;
  InputBuffer(const InputBuffer&) = delete;
  InputBuffer& operator=(const InputBuffer&) = delete;
  ~InputBuffer() { give_back(); }

  std::string_view view() const { return {data_ + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  std::size_t size() const { return end_ - begin_; }

  /// Room for at least `least` bytes after what is there; what is really there is room_size().
  char* room(std::size_t least) {
    if (begin_ == end_) begin_ = end_ = 0;
    if (capacity_ - end_ < least) grow(least);
    return data_ + end_;
  }
  std::size_t room_size() const { return capacity_ - end_; }
  void came(std::size_t bytes) { end_ += bytes; }
  void used(std::size_t bytes) { begin_ += bytes; }

  void release() {
    if (!empty()) return;
    give_back();
    data_ = nullptr;
    capacity_ = begin_ = end_ = 0;
  }

 private:
  void grow(std::size_t least) {
    const std::size_t held = size();
    std::size_t capacity = std::max(capacity_, least);
    while (capacity - held < least) capacity *= 2;
    if (capacity > capacity_) {
      char* const larger = static_cast<char*>(net::take_block(capacity));
      if (held > 0) std::memcpy(larger, data_ + begin_, held);
      give_back();
      data_ = larger;
      capacity_ = capacity;
    } else if (held > 0) {
      std::memmove(data_, data_ + begin_, held);
    }
    begin_ = 0;
    end_ = held;
  }

  void give_back() {
    if (data_ != nullptr) net::give_block(data_, capacity_);
  }

  char* data_ = nullptr;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace meridian::http::internal
