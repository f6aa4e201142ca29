// Bytes of SCP-ECG: numbers that are there or not, and the check of a stretch.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.hpp"

namespace meridian::signal::internal {

/// CRC-CCITT as EN 1064, annex B has it: polynomial 0x1021, from 0xFFFF, most significant bit first.
std::uint16_t scp_crc(std::string_view bytes);

/// Takes numbers from the front. What reaches behind the end is not there, and nothing after it.
class ScpBytes {
 public:
  explicit ScpBytes(std::string_view bytes) : rest_(bytes) {}
  template <typename T>
  std::optional<T> take() {
    const std::optional<std::string_view> bytes = take_bytes(sizeof(T));
    return bytes ? std::optional<T>(load_little<T>(bytes->data())) : std::nullopt;
  }
  std::optional<std::uint8_t> take8() { return take<std::uint8_t>(); }
  std::optional<std::uint16_t> take16() { return take<std::uint16_t>(); }
  std::optional<std::uint32_t> take32() { return take<std::uint32_t>(); }
  std::optional<std::string_view> take_bytes(std::size_t count) {
    if (count > rest_.size()) {
      rest_ = {};
      return std::nullopt;
    }
    const std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  std::size_t left() const { return rest_.size(); }

 private:
  std::string_view rest_;
};

}  // namespace meridian::signal::internal
