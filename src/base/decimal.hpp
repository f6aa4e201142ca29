// Decimal: an exact decimal number that remembers how many digits stand after its point.
//
// `1.00` prints as `1.00`, is equal to `1` and is not identical to it; FHIR asks for this since the digits
// state the precision of a measurement. A value is coefficient × 10^-scale with at most 38 digits in the
// coefficient and a scale of 0 to 96. Zero has no sign: `-0.0` becomes `0.0`.
//
// Results are exact while they have at most 38 digits. Beyond that, digits after the point are rounded away,
// half away from zero, which is the only rounding here. A result whose whole part has more than 38 digits is an
// Error (too_large), as is text outside the limits. Nothing overflows silently.
// Immutable values; free of threads. Specification: https://hl7.org/fhir/R4/datatypes.html#decimal,
// https://hl7.org/fhirpath/N1/#decimal (28 digits with 8 after the point, which is less than is held here).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

__extension__ using Int128 = __int128;
__extension__ using UInt128 = unsigned __int128;

class Decimal {
 public:
  static constexpr int kMaxDigits = 38;
  static constexpr int kMaxScale = 96;
  /// Significant digits of a quotient that has no end, unless the caller says otherwise.
  static constexpr int kQuotientDigits = 28;

  constexpr Decimal() = default;
  explicit constexpr Decimal(std::int64_t value) : coefficient_(value) {}

  /// A number in the syntax of JSON, `-12.50` or `1.5e-7`. malformed_input for other text, too_large beyond the limits.
  static Result<Decimal> parse(std::string_view text);
  /// coefficient × 10^-scale.
  static Result<Decimal> make(Int128 coefficient, int scale);
  /// The shortest decimal that reads back as this double; an Error for infinities and NaN.
  static Result<Decimal> from_double(double value);

  /// Digits without exponent, exactly `scale()` of them after the point.
  std::string to_string() const;
  double to_double() const;
  /// The value as an integer; an Error when it has a fraction or lies outside of 64 bits.
  Result<std::int64_t> to_int64() const;

  constexpr Int128 coefficient() const { return coefficient_; }
  /// Digits after the point, those of `1.00` are 2.
  constexpr int scale() const { return scale_; }
  /// Digits of the coefficient: 3 for `1.00` and `-123`, 1 for zero.
  int precision() const;

  constexpr bool is_zero() const { return coefficient_ == 0; }
  constexpr bool is_negative() const { return coefficient_ < 0; }
  /// Whether the value is whole, as 2.00 is.
  bool is_integer() const;

  /// Same text, not only same value.
  constexpr bool identical(const Decimal& other) const {
    return coefficient_ == other.coefficient_ && scale_ == other.scale_;
  }
  /// The same value with no zeros at the end of its fraction.
  Decimal normalized() const;
  /// Equal values have equal hashes.
  std::size_t hash() const;

  Decimal operator-() const { return Decimal(-coefficient_, scale_); }
  Decimal abs() const { return coefficient_ < 0 ? -*this : *this; }

  /// At most this many digits after the point, rounded half away from zero: 2.345 by 2 is 2.35; 1 stays 1.
  Decimal rounded(int places) const;
  /// Exactly this many digits after the point, rounded or filled with zeros; an Error when they do not fit.
  Result<Decimal> rescaled(int places) const;
  /// Towards zero, down, up; to whole numbers, scale 0.
  Decimal truncated() const;
  Decimal floor() const;
  Decimal ceiling() const;

  friend std::strong_ordering operator<=>(const Decimal& a, const Decimal& b) {
    if (a.scale_ == b.scale_) [[likely]]
      return order(a.coefficient_, b.coefficient_);
    return compare_scaled(a, b);
  }
  friend bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

  friend Result<Decimal> add(const Decimal& a, const Decimal& b) {
    if (a.scale_ == b.scale_ && fits_64_bits(a.coefficient_) && fits_64_bits(b.coefficient_)) [[likely]] {
      return Decimal(a.coefficient_ + b.coefficient_, a.scale_);
    }
    return add_scaled(a, b);
  }
  friend Result<Decimal> subtract(const Decimal& a, const Decimal& b) { return add(a, -b); }
  /// The scales add up: 1.50 × 2.0 is 3.000.
  friend Result<Decimal> multiply(const Decimal& a, const Decimal& b);
  /// Rounded to this many significant digits. A quotient that ends sooner has no needless zeros: 1.00 / 4 is 0.25,
  /// 6.00 / 2 is 3.00. invalid_argument for a division by zero.
  friend Result<Decimal> divide(const Decimal& a, const Decimal& b, int digits);
  /// The whole part of a / b, towards zero (FHIRPath's `div`).
  friend Result<Decimal> integer_quotient(const Decimal& a, const Decimal& b);
  /// a − b × integer_quotient(a, b), with the sign of a (FHIRPath's `mod`); always exact.
  friend Result<Decimal> remainder(const Decimal& a, const Decimal& b);
  /// base^exponent; a negative exponent divides. 0^0 is 1.
  friend Result<Decimal> power(const Decimal& base, std::int64_t exponent);

 private:
  constexpr Decimal(Int128 coefficient, std::int32_t scale) : coefficient_(coefficient), scale_(scale) {}

  static constexpr bool fits_64_bits(Int128 value) { return value == static_cast<std::int64_t>(value); }
  static constexpr std::strong_ordering order(Int128 a, Int128 b) {
    if (a == b) return std::strong_ordering::equal;
    return a < b ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  static std::strong_ordering compare_scaled(const Decimal& a, const Decimal& b);
  static Result<Decimal> add_scaled(const Decimal& a, const Decimal& b);

  Int128 coefficient_ = 0;
  std::int32_t scale_ = 0;
};

Result<Decimal> multiply(const Decimal& a, const Decimal& b);
Result<Decimal> divide(const Decimal& a, const Decimal& b, int digits = Decimal::kQuotientDigits);
Result<Decimal> integer_quotient(const Decimal& a, const Decimal& b);
Result<Decimal> remainder(const Decimal& a, const Decimal& b);
Result<Decimal> power(const Decimal& base, std::int64_t exponent);

}  // namespace meridian
