#include "units/internal/ratio.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

namespace meridian::units::internal {
namespace {

/// Divides the value by ten as often as it goes, and says how often.
int strip_tens(Integer& value) {
  int tens = 0;
  Integer quotient;
  Integer rest;
  while (true) {
    divide_qr(value, Integer(10), quotient, rest);
    if (rest != 0) return tens;
    value = quotient;
    ++tens;
  }
}

}  // namespace

std::optional<Ratio> Ratio::parse(std::string_view text) {
  std::string digits;
  int exponent = 0;
  bool after_point = false;
  std::size_t i = 0;
  for (; i < text.size() && text[i] != 'e'; ++i) {
    if (text[i] == '.') {
      after_point = true;
    } else {
      digits += text[i];
      if (after_point) --exponent;
    }
  }
  if (i < text.size()) {
    std::string_view power = text.substr(i + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    int value = 0;
    std::from_chars(power.data(), power.data() + power.size(), value);
    exponent += value;
  }
  digits.erase(0, digits.find_first_not_of('0'));  // a leading zero would make it octal
  if (digits.empty() || digits.size() > kMaxBits / 3) return std::nullopt;
  Ratio result;
  result.numerator = Integer(digits);
  result.exponent = exponent;
  return std::move(result).reduced();
}

std::optional<Ratio> Ratio::times(const Ratio& other) const {
  Ratio result;
  result.numerator = numerator * other.numerator;
  result.denominator = denominator * other.denominator;
  result.exponent = exponent + other.exponent;
  return std::move(result).reduced();
}

std::optional<Ratio> Ratio::over(const Ratio& other) const {
  Ratio result;
  result.numerator = numerator * other.denominator;
  result.denominator = denominator * other.numerator;
  result.exponent = exponent - other.exponent;
  return std::move(result).reduced();
}

std::optional<Ratio> Ratio::power(int times) const {
  Ratio result;
  Ratio square = times < 0 ? Ratio{denominator, numerator, -exponent} : *this;
  for (unsigned left = static_cast<unsigned>(std::abs(times)); left != 0; left >>= 1U) {
    if ((left & 1U) != 0) {
      auto product = result.times(square);
      if (!product) return std::nullopt;
      result = *std::move(product);
    }
    if (left == 1) break;
    auto product = square.times(square);
    if (!product) return std::nullopt;
    square = *std::move(product);
  }
  return result;
}

long double Ratio::approximate() const {
  return numerator.convert_to<long double>() / denominator.convert_to<long double>() *
         std::pow(10.0L, static_cast<long double>(exponent));
}

std::optional<Ratio> Ratio::reduced() && {
  const Integer divisor = gcd(numerator, denominator);
  if (divisor != 1) {
    numerator /= divisor;
    denominator /= divisor;
  }
  exponent += strip_tens(numerator);
  exponent -= strip_tens(denominator);
  if (msb(numerator) >= kMaxBits || msb(denominator) >= kMaxBits || std::abs(exponent) > kMaxExponent)
    return std::nullopt;
  return std::move(*this);
}

}  // namespace meridian::units::internal
