#include "base/decimal.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/internal/wide.hpp"

namespace meridian {
namespace {

using internal::digits_of;
using internal::power_of_ten;
using internal::Wide;

constexpr UInt128 kLimit = power_of_ten(Decimal::kMaxDigits);  // coefficients lie below it

UInt128 magnitude(Int128 value) {
  return value < 0 ? -static_cast<UInt128>(value) : static_cast<UInt128>(value);
}
/// Of a value below 2^127.
Int128 with_sign(UInt128 value, bool negative) {
  return negative ? -static_cast<Int128>(value) : static_cast<Int128>(value);
}

tl::unexpected<Error> too_large() {
  return fail(ErrorCode::too_large, "the number needs more than 38 digits, or more than 96 after the point");
}
tl::unexpected<Error> not_a_number() {
  return fail(ErrorCode::malformed_input, "this is not a decimal number; write it like -12.50 or 1.5e-7");
}

/// value / 10^places, rounded half away from zero.
UInt128 shifted_down(UInt128 value, int places) {
  if (places > Decimal::kMaxDigits) return 0;
  const UInt128 unit = power_of_ten(places);
  const UInt128 quotient = value / unit;
  const UInt128 rest = value % unit;
  return quotient + (rest >= unit - rest ? 1 : 0);
}

/// The decimal nearest to value × 10^-scale that respects both limits.
Result<Decimal> fitted(Wide value, int scale, bool negative) {
  int drop = std::max(0, scale - Decimal::kMaxScale);
  if (value.high != 0 || value.low >= kLimit) {
    // Rounding up may need one digit more; the loop below takes it.
    const internal::Division above = internal::divide(value, kLimit);
    if (above.quotient.high != 0) return too_large();
    drop = std::max(drop, digits_of(above.quotient.low));
  }
  for (;; ++drop) {
    if (drop > scale) return too_large();
    while (drop > Decimal::kMaxDigits) {
      // Cutting first does not change how the rest is rounded, since half of ten is a whole number.
      value = internal::divide(value, kLimit).quotient;
      scale -= Decimal::kMaxDigits;
      drop -= Decimal::kMaxDigits;
    }
    const UInt128 unit = power_of_ten(drop);
    const internal::Division division = internal::divide(value, unit);
    if (division.quotient.high != 0) continue;
    const UInt128 rounded = division.quotient.low + (division.remainder >= unit - division.remainder ? 1 : 0);
    if (rounded < kLimit) return Decimal::make(with_sign(rounded, negative), scale - drop);
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

// https://www.rfc-editor.org/rfc/rfc8259#section-6
Result<Decimal> Decimal::parse(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at != end && *at == '-';
  if (negative) ++at;

  // 1. The whole part, without needless zeros before it.
  if (at == end || !is_digit(*at)) return not_a_number();
  if (*at == '0' && at + 1 != end && is_digit(at[1])) return not_a_number();

  // Digits are gathered in 64 bits for as long as they fit, which is nearly always.
  std::uint64_t head = 0;
  UInt128 all = 0;
  int digits = 0;  // significant ones
  const auto take = [&](char c) {
    const auto digit = static_cast<std::uint64_t>(c - '0');
    if (digits < 19) {
      head = head * 10 + digit;
      digits += head != 0 ? 1 : 0;
    } else {
      if (digits == 19) all = head;
      if (digits < kMaxDigits) all = all * 10 + digit;
      ++digits;
    }
  };
  for (; at != end && is_digit(*at); ++at) take(*at);

  // 2. The fraction.
  std::int64_t scale = 0;
  if (at != end && *at == '.') {
    const char* const first = ++at;
    for (; at != end && is_digit(*at); ++at) take(*at);
    scale = at - first;
    if (scale == 0) return not_a_number();
  }

  // 3. The exponent.
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    const bool down = at != end && *at == '-';
    if (at != end && (*at == '-' || *at == '+')) ++at;
    if (at == end || !is_digit(*at)) return not_a_number();
    std::int64_t exponent = 0;
    for (; at != end && is_digit(*at); ++at) exponent = std::min<std::int64_t>(exponent * 10 + (*at - '0'), 1'000'000);
    scale += down ? exponent : -exponent;
  }
  if (at != end) return not_a_number();

  if (digits > kMaxDigits || scale > kMaxScale) return too_large();
  UInt128 value = digits <= 19 ? UInt128{head} : all;
  if (scale < 0) {
    if (value != 0 && digits - scale > kMaxDigits) return too_large();
    if (value != 0) value *= power_of_ten(static_cast<int>(-scale));
    scale = 0;
  }
  return Decimal(with_sign(value, negative), static_cast<std::int32_t>(scale));
}

Result<Decimal> Decimal::make(Int128 coefficient, int scale) {
  if (magnitude(coefficient) >= kLimit || scale < 0 || scale > kMaxScale) return too_large();
  return Decimal(coefficient, scale);
}

Result<Decimal> Decimal::from_double(double value) {
  if (!std::isfinite(value)) return fail(ErrorCode::invalid_argument, "infinity and NaN have no decimal form");
  char buffer[32];
  const auto [end, status] = std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::scientific);
  return parse({buffer, static_cast<std::size_t>(end - buffer)});
}

std::string Decimal::to_string() const {
  char digits[kMaxScale + 4];  // sign, the zeros of 0.00…, a point
  char* const end = digits + sizeof digits;
  char* at = end;
  UInt128 rest = magnitude(coefficient_);
  int written = 0;
  const auto put = [&](unsigned digit) {
    if (written == scale_ && scale_ > 0) *--at = '.';
    *--at = static_cast<char>('0' + digit);
    ++written;
  };
  while (rest > ~std::uint64_t{0}) {
    put(static_cast<unsigned>(rest % 10));
    rest /= 10;
  }
  for (auto small = static_cast<std::uint64_t>(rest); small != 0; small /= 10) put(static_cast<unsigned>(small % 10));
  while (written <= scale_) put(0);
  if (coefficient_ < 0) *--at = '-';
  return {at, static_cast<std::size_t>(end - at)};
}

double Decimal::to_double() const {
  // Both numbers are exact doubles here, and one division is rounded rightly.
  constexpr Int128 kExact = Int128{1} << 53;
  if (coefficient_ > -kExact && coefficient_ < kExact && scale_ <= 22) {
    return static_cast<double>(static_cast<std::int64_t>(coefficient_)) / static_cast<double>(power_of_ten(scale_));
  }
  const std::string text = to_string();
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

Result<std::int64_t> Decimal::to_int64() const {
  if (!is_integer()) return fail(ErrorCode::invalid_argument, "the number is not whole");
  const Int128 whole = truncated().coefficient_;
  if (!fits_64_bits(whole)) return fail(ErrorCode::too_large, "the number does not fit into 64 bits");
  return static_cast<std::int64_t>(whole);
}

int Decimal::precision() const {
  return digits_of(magnitude(coefficient_));
}

bool Decimal::is_integer() const {
  if (scale_ == 0 || coefficient_ == 0) return true;
  return scale_ < kMaxDigits && magnitude(coefficient_) % power_of_ten(scale_) == 0;
}

Decimal Decimal::normalized() const {
  if (coefficient_ == 0) return Decimal();
  Decimal out = *this;
  while (out.scale_ > 0 && out.coefficient_ % 10 == 0) {
    out.coefficient_ /= 10;
    --out.scale_;
  }
  return out;
}

std::size_t Decimal::hash() const {
  const Decimal plain = normalized();
  constexpr std::uint64_t kOdd = 0x9E3779B97F4A7C15;
  const auto bits = static_cast<UInt128>(plain.coefficient_);
  std::uint64_t mixed = static_cast<std::uint64_t>(bits) * kOdd;
  mixed = (mixed ^ (mixed >> 32) ^ static_cast<std::uint64_t>(bits >> 64)) * kOdd;
  mixed = (mixed ^ (mixed >> 32) ^ static_cast<std::uint64_t>(plain.scale_)) * kOdd;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}

Decimal Decimal::rounded(int places) const {
  places = std::max(places, 0);
  if (places >= scale_) return *this;
  return {with_sign(shifted_down(magnitude(coefficient_), scale_ - places), is_negative()), places};
}

Result<Decimal> Decimal::rescaled(int places) const {
  if (places < 0 || places > kMaxScale) return too_large();
  if (places <= scale_) return rounded(places);
  const int added = places - scale_;
  if (coefficient_ == 0) return Decimal(0, places);
  if (added + precision() > kMaxDigits) return too_large();
  return Decimal(coefficient_ * static_cast<Int128>(power_of_ten(added)), places);
}

Decimal Decimal::truncated() const {
  if (scale_ == 0) return *this;
  if (scale_ >= kMaxDigits) return Decimal();
  return {coefficient_ / static_cast<Int128>(power_of_ten(scale_)), 0};
}

Decimal Decimal::floor() const {
  const Decimal whole = truncated();
  return is_negative() && !is_integer() ? Decimal(whole.coefficient_ - 1, 0) : whole;
}

Decimal Decimal::ceiling() const {
  const Decimal whole = truncated();
  return !is_negative() && !is_integer() ? Decimal(whole.coefficient_ + 1, 0) : whole;
}

std::strong_ordering Decimal::compare_scaled(const Decimal& a, const Decimal& b) {
  if (a.scale_ > b.scale_) return 0 <=> compare_scaled(b, a);
  const int difference = b.scale_ - a.scale_;
  if (difference <= 18 && fits_64_bits(a.coefficient_)) {
    return order(a.coefficient_ * static_cast<Int128>(power_of_ten(difference)), b.coefficient_);
  }
  if (a.is_negative() != b.is_negative() || a.is_zero() || b.is_zero()) return order(a.coefficient_, b.coefficient_);
  // |a| × 10^difference against |b|, the first beyond every coefficient when the difference is large.
  const int magnitudes =
      difference > kMaxDigits
          ? 1
          : internal::compare(internal::multiply(magnitude(a.coefficient_), power_of_ten(difference)),
                              Wide{0, magnitude(b.coefficient_)});
  return a.is_negative() ? 0 <=> magnitudes : magnitudes <=> 0;
}

Result<Decimal> Decimal::add_scaled(const Decimal& a, const Decimal& b) {
  if (a.scale_ > b.scale_) return add_scaled(b, a);
  if (a.is_zero() && !b.is_zero()) return b;
  int scale = b.scale_;
  UInt128 fine = magnitude(b.coefficient_);
  if (scale - a.scale_ > kMaxDigits) {
    // The finer number only matters for rounding: 38 digits below a's last are more than the result can hold.
    fine = shifted_down(fine, scale - a.scale_ - kMaxDigits);
    scale = a.scale_ + kMaxDigits;
  }
  const Wide left = internal::multiply(magnitude(a.coefficient_), power_of_ten(scale - a.scale_));
  const Wide right{0, fine};
  if (a.is_negative() == b.is_negative()) return fitted(internal::add(left, right), scale, a.is_negative());
  if (internal::compare(left, right) >= 0) return fitted(internal::subtract(left, right), scale, a.is_negative());
  return fitted(internal::subtract(right, left), scale, b.is_negative());
}

Result<Decimal> multiply(const Decimal& a, const Decimal& b) {
  return fitted(internal::multiply(magnitude(a.coefficient_), magnitude(b.coefficient_)), a.scale_ + b.scale_,
                a.is_negative() != b.is_negative());
}

Result<Decimal> divide(const Decimal& a, const Decimal& b, int digits) {
  if (b.is_zero()) return fail(ErrorCode::invalid_argument, "division by zero");
  digits = std::clamp(digits, 1, Decimal::kMaxDigits);
  const UInt128 divisor = magnitude(b.coefficient_);
  const UInt128 dividend = magnitude(a.coefficient_);
  const bool negative = a.is_negative() != b.is_negative();
  const int natural = std::clamp(a.scale_ - b.scale_, 0, Decimal::kMaxScale);
  if (dividend == 0) return Decimal::make(0, natural);

  // 1. Shift the dividend so that the quotient has the digits wanted, or one more, and all before the point.
  const int excess = digits_of(dividend) - digits_of(divisor);
  const int shift = std::max({digits - excess, b.scale_ - a.scale_, 0});
  if (shift + excess > Decimal::kMaxDigits && shift > 0) return too_large();
  int scale = a.scale_ - b.scale_ + shift;
  const Wide shifted = shift <= Decimal::kMaxDigits
                           ? internal::multiply(dividend, power_of_ten(shift))
                           : internal::multiply(dividend * power_of_ten(shift - Decimal::kMaxDigits), kLimit);
  const internal::Division division = internal::divide(shifted, divisor);
  bool exact = division.remainder == 0;

  // 2. Take away what is beyond the digits wanted, or beyond the point's limit, and round once.
  const bool is_longest = division.quotient.high != 0 || division.quotient.low >= kLimit;
  const int length = is_longest ? Decimal::kMaxDigits + 1 : digits_of(division.quotient.low);
  int drop = std::max({0, length - digits, scale - Decimal::kMaxScale});
  drop = std::min(drop, scale);  // digits before the point stay
  if (length - drop > Decimal::kMaxDigits) return too_large();
  if (drop > Decimal::kMaxDigits) return Decimal::make(0, Decimal::kMaxScale);
  UInt128 quotient = division.quotient.low;
  if (drop > 0) {
    const UInt128 unit = power_of_ten(drop);
    const internal::Division cut = internal::divide(division.quotient, unit);
    exact = exact && cut.remainder == 0;
    quotient = cut.quotient.low + (cut.remainder >= unit - cut.remainder ? 1 : 0);
    scale -= drop;
  } else if (division.remainder >= divisor - division.remainder) {
    ++quotient;
  }

  // 3. An exact quotient keeps only the zeros that the scales of its operands ask for; 9.99…, rounded up, is a digit
  //    longer than wanted.
  if (exact) {
    for (; scale > natural && quotient % 10 == 0; --scale) quotient /= 10;
  } else if (scale > 0 && digits_of(quotient) > digits) {
    quotient /= 10;
    --scale;
  }
  return Decimal::make(with_sign(quotient, negative), scale);
}

Result<Decimal> integer_quotient(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return fail(ErrorCode::invalid_argument, "division by zero");
  const bool negative = a.is_negative() != b.is_negative();
  const UInt128 dividend = magnitude(a.coefficient_);
  const UInt128 divisor = magnitude(b.coefficient_);
  const int difference = a.scale_ - b.scale_;
  UInt128 quotient = 0;
  if (difference > 0) {
    // b × 10^difference lies above every coefficient when it does not fit.
    if (digits_of(divisor) + difference <= Decimal::kMaxDigits)
      quotient = dividend / (divisor * power_of_ten(difference));
  } else if (dividend != 0) {
    if (-difference > 2 * Decimal::kMaxDigits) return too_large();
    const int first = std::min(-difference, Decimal::kMaxDigits);
    // A second factor is only needed when the quotient is out of reach already, unless the divisor is as long.
    if (-difference - first + digits_of(dividend) > Decimal::kMaxDigits) return too_large();
    const Wide shifted = internal::multiply(dividend * power_of_ten(-difference - first), power_of_ten(first));
    const internal::Division division = internal::divide(shifted, divisor);
    if (division.quotient.high != 0 || division.quotient.low >= kLimit) return too_large();
    quotient = division.quotient.low;
  }
  return Decimal::make(with_sign(quotient, negative), 0);
}

Result<Decimal> remainder(const Decimal& a, const Decimal& b) {
  if (b.is_zero()) return fail(ErrorCode::invalid_argument, "division by zero");
  UInt128 rest = magnitude(a.coefficient_);
  UInt128 divisor = magnitude(b.coefficient_);
  const int difference = a.scale_ - b.scale_;
  if (difference > 0) {
    if (digits_of(divisor) + difference > Decimal::kMaxDigits) return a;  // |b| is the larger
    rest %= divisor * power_of_ten(difference);
  } else {
    // (rest × 10^n) mod divisor, some digits at a time so that it fits.
    for (int left = -difference; left > 0;) {
      const int step = std::min(left, Decimal::kMaxDigits);
      rest = internal::divide(internal::multiply(rest, power_of_ten(step)), divisor).remainder;
      left -= step;
    }
    rest %= divisor;
  }
  return Decimal::make(with_sign(rest, a.is_negative()), std::max(a.scale_, b.scale_));
}

Result<Decimal> power(const Decimal& base, std::int64_t exponent) {
  if (exponent < 0) {
    if (base.is_zero()) return fail(ErrorCode::invalid_argument, "zero has no negative power");
    if (exponent < -100'000'000) return too_large();
    return divide(Decimal(1), TRY(power(base, -exponent)));
  }
  Decimal result(1);
  Decimal square = base;
  for (;; exponent /= 2) {
    if (exponent % 2 != 0) result = TRY(multiply(result, square));
    if (exponent < 2) return result;
    square = TRY(multiply(square, square));
  }
}

}  // namespace meridian
