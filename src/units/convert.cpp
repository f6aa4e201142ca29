// Conversion: exact while both scales are rational, 15 digits through `long double` where a function is not.
#include <algorithm>
#include <boost/multiprecision/cpp_int.hpp>
#include <cmath>
#include <cstdio>
#include <optional>

#include "base/decimal.hpp"
#include "units/internal/canonical.hpp"
#include "units/internal/special.hpp"
#include "units/unit.hpp"

namespace meridian::units {
namespace {

using internal::Canonical;
using internal::Integer;
using internal::Ratio;
using internal::Rational;

constexpr int kFunctionDigits = 15;

Integer power_of_ten(int exponent) {
  return boost::multiprecision::pow(Integer(10), static_cast<unsigned>(exponent));
}

Rational rational(const Ratio& ratio) {
  return ratio.exponent >= 0 ? Rational(ratio.numerator * power_of_ten(ratio.exponent), ratio.denominator)
                             : Rational(ratio.numerator, ratio.denominator * power_of_ten(-ratio.exponent));
}

Rational rational(const Decimal& value) {
  return Rational(Integer(value.coefficient()), power_of_ten(value.scale()));
}

int digits(const Integer& value) {
  return static_cast<int>(value.str().size());
}

int strip_factor(Integer& value, unsigned factor) {
  int times = 0;
  while (value % factor == 0) {
    value /= factor;
    ++times;
  }
  return times;
}

Result<Decimal> make(const Integer& coefficient, int scale) {
  if (digits(abs(coefficient)) > Decimal::kMaxDigits)
    return fail(ErrorCode::too_large, "the converted value has more digits than are held");
  return Decimal::make(coefficient.convert_to<Int128>(), scale);
}

/// Half away from zero; both positive.
Integer divide_rounded(const Integer& numerator, const Integer& denominator) {
  Integer quotient;
  Integer remainder;
  divide_qr(numerator, denominator, quotient, remainder);
  if (remainder * 2 >= denominator) ++quotient;
  return quotient;
}

/// Exact where the number ends within what a Decimal holds; else rounded half away from zero.
Result<Decimal> to_decimal(const Rational& number) {
  const Integer numerator = abs(boost::multiprecision::numerator(number));
  const Integer denominator = boost::multiprecision::denominator(number);
  const bool negative = number < 0;
  if (numerator == 0) return Decimal(0);

  Integer rest = denominator;
  const int places = std::max(strip_factor(rest, 2), strip_factor(rest, 5));
  if (rest == 1 && places <= Decimal::kMaxScale) {
    const Integer exact = numerator * power_of_ten(places) / denominator;
    if (digits(exact) <= Decimal::kMaxDigits) return make(negative ? Integer(-exact) : exact, places);
  }

  // As many places as leave 28 significant digits: the estimate by lengths is right or one place too many.
  const int estimate = Decimal::kQuotientDigits - (digits(numerator) - digits(denominator));
  int scale = std::clamp(estimate, 0, Decimal::kMaxScale);
  Integer quotient = divide_rounded(numerator * power_of_ten(scale), denominator);
  if (scale > 0 && digits(quotient) > Decimal::kQuotientDigits)
    quotient = divide_rounded(numerator * power_of_ten(--scale), denominator);
  if (quotient == 0) return fail(ErrorCode::too_large, "the converted value is smaller than can be held");
  auto rounded = make(negative ? Integer(-quotient) : quotient, scale);
  if (!rounded) return rounded;
  return rounded->normalized();
}

Result<Decimal> to_decimal(long double number) {
  if (!std::isfinite(number))
    return fail(ErrorCode::unprocessable, "the value lies outside of the scale of the unit asked for");
  char text[64];
  std::snprintf(text, sizeof text, "%.*Le", kFunctionDigits - 1, number);
  auto parsed = Decimal::parse(text);
  if (!parsed) return parsed;
  return parsed->normalized();
}

long double approximate(const Rational& number) {
  return boost::multiprecision::numerator(number).convert_to<long double>() /
         boost::multiprecision::denominator(number).convert_to<long double>();
}

/// The common case, `mg` to `g` or `[lb_av]` to `kg`: one factor with a short numerator and no denominator.
bool scale_quickly(const Decimal& value, const Ratio& from, const Ratio& to, Result<Decimal>& result) {
  if (from.denominator != 1 || to.denominator != 1 || to.numerator != 1) return false;
  constexpr unsigned kShortBits = 63;
  if (msb(from.numerator) >= kShortBits) return false;
  Int128 coefficient = 0;
  if (__builtin_mul_overflow(value.coefficient(), static_cast<Int128>(from.numerator.convert_to<long long>()),
                             &coefficient))
    return false;
  int scale = value.scale() - (from.exponent - to.exponent);
  for (; scale < 0; ++scale)
    if (__builtin_mul_overflow(coefficient, Int128{10}, &coefficient)) return false;
  auto made = Decimal::make(coefficient, scale);
  if (!made) return false;
  result = made->normalized();
  return true;
}

/// The value on the ratio scale of the dimension, when it is a rational number.
std::optional<Rational> to_base_exactly(const Rational& value, const Canonical& unit) {
  Rational scaled = value * rational(unit.product.factor);
  if (unit.special == nullptr) return scaled;
  const auto shifted_by = internal::shift(unit.special->function);
  if (!shifted_by) return std::nullopt;
  return (scaled + *shifted_by) * rational(unit.reference.factor);
}

}  // namespace

Result<Decimal> convert(const Decimal& value, const Unit& from_unit, const Unit& to_unit) {
  if (from_unit == to_unit) return value;
  const Canonical& from = *from_unit.canonical_;
  const Canonical& to = *to_unit.canonical_;
  if (from.dimension != to.dimension)
    return fail(ErrorCode::unprocessable, "\"" + from.code + "\" measures " + from.dimension + " and \"" + to.code +
                                              "\" " + to.dimension + ": neither converts into the other");
  // One scale, or none that is special: a matter of factors.
  if (from.special == to.special) {
    Result<Decimal> quick = value;
    if (scale_quickly(value, from.product.factor, to.product.factor, quick)) return quick;
    return to_decimal(Rational(rational(value) * rational(from.product.factor) / rational(to.product.factor)));
  }
  const auto base = to_base_exactly(rational(value), from);
  const auto shifted_by = to.special != nullptr ? internal::shift(to.special->function) : Rational(0);
  if (base && shifted_by) {
    const Rational reference = to.special != nullptr ? rational(to.reference.factor) : Rational(1);
    return to_decimal(Rational((*base / reference - *shifted_by) / rational(to.product.factor)));
  }
  const long double inexact =
      base ? approximate(*base)
           : internal::to_reference(from.special->function,
                                    approximate(rational(value) * rational(from.product.factor))) *
                 from.reference.factor.approximate();
  if (to.special == nullptr) return to_decimal(inexact / to.product.factor.approximate());
  const long double ratio = inexact / to.reference.factor.approximate();
  const long double at =
      shifted_by ? ratio - approximate(*shifted_by) : internal::from_reference(to.special->function, ratio);
  return to_decimal(at / to.product.factor.approximate());
}

}  // namespace meridian::units
