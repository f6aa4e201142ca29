// Numbers in bytes, in either order, wherever they lie.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstring>

namespace meridian {

namespace internal {
template <std::unsigned_integral T>
constexpr T swap_bytes(T value) {
  if constexpr (sizeof(T) == 1) return value;
  if constexpr (sizeof(T) == 2) return __builtin_bswap16(value);
  if constexpr (sizeof(T) == 4) return __builtin_bswap32(value);
  if constexpr (sizeof(T) == 8) return __builtin_bswap64(value);
}
}  // namespace internal

/// Reads sizeof(T) bytes; alignment does not matter: `load_little<std::uint32_t>(at)`.
template <std::unsigned_integral T>
T load_little(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::little ? value : internal::swap_bytes(value);
}
template <std::unsigned_integral T>
T load_big(const void* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return std::endian::native == std::endian::big ? value : internal::swap_bytes(value);
}
template <std::unsigned_integral T>
void store_little(void* to, T value) {
  if constexpr (std::endian::native != std::endian::little) value = internal::swap_bytes(value);
  std::memcpy(to, &value, sizeof value);
}
template <std::unsigned_integral T>
void store_big(void* to, T value) {
  if constexpr (std::endian::native != std::endian::big) value = internal::swap_bytes(value);
  std::memcpy(to, &value, sizeof value);
}

}  // namespace meridian
