// Ratio: an exact positive rational number with its powers of ten kept apart, so that most units are small numbers.
#pragma once

#include <boost/multiprecision/cpp_int.hpp>
#include <optional>
#include <string_view>

namespace meridian::units::internal {

using Integer = boost::multiprecision::cpp_int;

/// numerator / denominator × 10^exponent. Always in lowest terms and neither part divisible by ten, so that equal
/// numbers are equal member by member. Bounded: an operation whose result is larger than the limits gives nothing.
struct Ratio {
  static constexpr unsigned kMaxBits = 2048;
  static constexpr int kMaxExponent = 999;

  Integer numerator = 1;
  Integer denominator = 1;
  int exponent = 0;

  /// A positive decimal number: `12`, `0.45359237`, `1.5e-7`.
  static std::optional<Ratio> parse(std::string_view text);

  std::optional<Ratio> times(const Ratio& other) const;
  std::optional<Ratio> over(const Ratio& other) const;
  std::optional<Ratio> power(int times) const;
  bool is_one() const { return exponent == 0 && numerator == 1 && denominator == 1; }
  long double approximate() const;

  bool operator==(const Ratio&) const = default;

 private:
  std::optional<Ratio> reduced() &&;
};

}  // namespace meridian::units::internal
