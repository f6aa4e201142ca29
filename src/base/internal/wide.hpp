// Unsigned 256-bit integers, only as much as exact decimal results need before they are rounded to 128 bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/decimal.hpp"

namespace meridian::internal {

struct Wide {
  UInt128 high = 0;
  UInt128 low = 0;
};

constexpr std::size_t kPowers = 39;

/// 10^0 to 10^38.
constexpr std::array<UInt128, kPowers> powers_of_ten() {
  std::array<UInt128, kPowers> powers{};
  UInt128 power = 1;
  for (std::size_t i = 0; i < kPowers; ++i) {
    powers[i] = power;
    power *= 10;
  }
  return powers;
}
inline constexpr std::array<UInt128, kPowers> kPowerOfTen = powers_of_ten();

constexpr UInt128 power_of_ten(int exponent) {
  return kPowerOfTen[static_cast<std::size_t>(exponent)];
}

/// How many decimal digits a value below 10^38 has; zero has one.
constexpr int digits_of(UInt128 value) {
  int digits = 1;
  if (value >= power_of_ten(19)) {
    value /= power_of_ten(19);
    digits += 19;
  }
  for (auto small = static_cast<std::uint64_t>(value); small >= 10; small /= 10) ++digits;
  return digits;
}

constexpr Wide multiply(UInt128 a, UInt128 b) {
  constexpr UInt128 kLow = ~std::uint64_t{0};
  const UInt128 a0 = a & kLow;
  const UInt128 a1 = a >> 64;
  const UInt128 b0 = b & kLow;
  const UInt128 b1 = b >> 64;
  if (a1 == 0 && b1 == 0) return {0, a0 * b0};
  const UInt128 bottom = a0 * b0;
  // No step can carry out of 128 bits: (2^64-1)^2 + 2 (2^64-1) = 2^128 - 1.
  const UInt128 first = a1 * b0 + (bottom >> 64);
  const UInt128 second = a0 * b1 + (first & kLow);
  return {a1 * b1 + (first >> 64) + (second >> 64), (second << 64) | (bottom & kLow)};
}

constexpr Wide add(const Wide& a, const Wide& b) {
  const UInt128 low = a.low + b.low;
  return {a.high + b.high + (low < a.low ? 1 : 0), low};
}

/// a - b, where a is not the smaller.
constexpr Wide subtract(const Wide& a, const Wide& b) {
  return {a.high - b.high - (a.low < b.low ? 1 : 0), a.low - b.low};
}

constexpr int compare(const Wide& a, const Wide& b) {
  if (a.high != b.high) return a.high < b.high ? -1 : 1;
  if (a.low != b.low) return a.low < b.low ? -1 : 1;
  return 0;
}

struct Division {
  Wide quotient;
  UInt128 remainder;
};

/// Long division; the divisor is above zero and below 2^127.
constexpr Division divide(const Wide& value, UInt128 divisor) {
  if (value.high == 0) return {{0, value.low / divisor}, value.low % divisor};
  Wide quotient{value.high / divisor, 0};
  UInt128 rest = value.high % divisor;
  for (int bit = 127; bit >= 0; --bit) {
    rest = (rest << 1) | ((value.low >> bit) & 1);
    quotient.low <<= 1;
    if (rest >= divisor) {
      rest -= divisor;
      quotient.low |= 1;
    }
  }
  return {quotient, rest};
}

}  // namespace meridian::internal
