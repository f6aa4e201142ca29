// Texts and numbers in a record's bytes, one after another: numbers of 64 bits, little endian; a text is its length (32
// bits) and its bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace meridian::imaging::internal {

inline void put_number(std::string& out, std::uint64_t value) {
  char bytes[sizeof value];
  store_little(bytes, value);
  out.append(bytes, sizeof bytes);
}
inline void put_text(std::string& out, std::string_view text) {
  char bytes[4];
  store_little(bytes, static_cast<std::uint32_t>(text.size()));
  out.append(bytes, sizeof bytes).append(text);
}

/// Takes fields off in their order; what is not there is zero or empty, and `is_whole` says so at the end.
class RecordBytes {
 public:
  explicit RecordBytes(std::string_view bytes) : left_(bytes) {}

  std::uint64_t number() {
    if (left_.size() < 8) return cut();
    const auto value = load_little<std::uint64_t>(left_.data());
    left_.remove_prefix(8);
    return value;
  }
  std::string_view text() {
    if (left_.size() < 4 || left_.size() - 4 < load_little<std::uint32_t>(left_.data())) {
      cut();
      return {};
    }
    const std::string_view value = left_.substr(4, load_little<std::uint32_t>(left_.data()));
    left_.remove_prefix(4 + value.size());
    return value;
  }
  /// Nothing was missing, nothing is left.
  bool is_whole() const { return !is_cut_ && left_.empty(); }

 private:
  std::uint64_t cut() {
    is_cut_ = true;
    left_ = {};
    return 0;
  }

  std::string_view left_;
  bool is_cut_ = false;
};

}  // namespace meridian::imaging::internal
