// Numbers of a data set in little endian, appended.
#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"

namespace meridian::imaging::internal {

inline void put_16(std::string& out, std::uint32_t value) {
  char bytes[2];
  store_little(bytes, static_cast<std::uint16_t>(value));
  out.append(bytes, sizeof bytes);
}
inline void put_32(std::string& out, std::uint32_t value) {
  char bytes[4];
  store_little(bytes, value);
  out.append(bytes, sizeof bytes);
}

}  // namespace meridian::imaging::internal
