// Tuples as bytes. In keys the order of the bytes is the order wanted: numbers big-endian, texts ended by a zero byte
// (which no text here holds). In values, where order means nothing, numbers are varints: seven bits a byte, the lowest
// first, the top bit set on all but the last.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/bytes.hpp"

namespace meridian::store {

inline void put_u32(std::string& out, std::uint32_t value) {
  char bytes[4];
  store_big(bytes, value);
  out.append(bytes, sizeof bytes);
}
inline void put_u64(std::string& out, std::uint64_t value) {
  char bytes[8];
  store_big(bytes, value);
  out.append(bytes, sizeof bytes);
}
/// So that greater numbers stand first.
inline void put_descending(std::string& out, std::uint64_t value) {
  put_u64(out, ~value);
}
/// In keys: ended by a zero byte.
inline void put_text(std::string& out, std::string_view text) {
  out += text;
  out += '\0';
}
inline void put_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}
/// In values: its length, then its bytes.
inline void put_bytes(std::string& out, std::string_view bytes) {
  put_varint(out, bytes.size());
  out += bytes;
}

/// Takes a tuple apart. What is not there reads as zero or empty and makes ok() false for good.
class TupleReader {
 public:
  explicit TupleReader(std::string_view bytes) : rest_(bytes) {}

  std::uint8_t u8() {
    const std::string_view bytes = take(1);
    return bytes.empty() ? 0 : static_cast<std::uint8_t>(bytes[0]);
  }
  std::uint32_t u32() {
    const std::string_view bytes = take(4);
    return bytes.empty() ? 0 : load_big<std::uint32_t>(bytes.data());
  }
  std::uint64_t u64() {
    const std::string_view bytes = take(8);
    return bytes.empty() ? 0 : load_big<std::uint64_t>(bytes.data());
  }
  std::uint64_t descending() {
    const std::string_view bytes = take(8);
    return bytes.empty() ? 0 : ~load_big<std::uint64_t>(bytes.data());
  }
  std::string_view text() {
    const std::size_t end = rest_.find('\0');
    if (end == std::string_view::npos) {
      fail();
      return {};
    }
    const std::string_view text = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const std::uint8_t byte = u8();
      value |= std::uint64_t{byte & 0x7FU} << shift;
      if ((byte & 0x80) == 0) return value;
    }
    fail();
    return 0;
  }
  std::string_view bytes() { return take(varint()); }
  std::string_view rest() { return std::exchange(rest_, {}); }

  bool ok() const { return ok_; }
  bool at_end() const { return ok_ && rest_.empty(); }

 private:
  std::string_view take(std::uint64_t count) {
    if (count > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view bytes = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return bytes;
  }
  void fail() {
    ok_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool ok_ = true;
};

}  // namespace meridian::store
