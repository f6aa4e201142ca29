// Whatever the text: a decimal that is read writes text that reads as the same, and arithmetic keeps its laws wherever
// no rounding comes between.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/decimal.hpp"

namespace {

using namespace meridian;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_pair(const Decimal& a, const Decimal& b) {
  require((a <=> b) == (0 <=> (b <=> a)));
  if (a == b) require(a.hash() == b.hash());

  const Result<Decimal> sum = add(a, b);
  const Result<Decimal> swapped = add(b, a);
  require(sum.has_value() == swapped.has_value() && (!sum || sum->identical(*swapped)));
  const int scale = a.scale() > b.scale() ? a.scale() : b.scale();
  if (sum && sum->scale() == scale) {  // nothing was rounded
    const Result<Decimal> back = subtract(*sum, b);
    if (back && back->scale() == scale) require(*back == a);
  }

  const Result<Decimal> product = multiply(a, b);
  if (product && product->scale() == a.scale() + b.scale() && !b.is_zero()) {
    require(divide(*product, b, Decimal::kMaxDigits).value() == a);
  }

  if (b.is_zero()) return;
  // a = b × q + r, |r| < |b|
  const Decimal rest = remainder(a, b).value();
  require(rest.abs() < b.abs());
  const Result<Decimal> whole = integer_quotient(a, b);
  if (!whole) return;
  const Result<Decimal> multiple = multiply(*whole, b);
  if (!multiple || multiple->scale() != b.scale()) return;
  const Result<Decimal> again = add(*multiple, rest);
  if (again && again->scale() == scale) require(*again == a);
}

void try_one(const Decimal& value) {
  const std::string text = value.to_string();
  require(Decimal::parse(text)->identical(value));
  require(value.normalized() == value);
  require(value.floor() <= value && value <= value.ceiling());
  require(value.truncated().abs() <= value.abs());
  require(value.is_integer() == (value.truncated() == value));
  require(value.rounded(2).scale() <= 2 || value.scale() <= 2);
  const double real = value.to_double();
  require((real < 0) == (value < Decimal()) || real == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::size_t space = text.find(' ');
  const Result<Decimal> first = Decimal::parse(text.substr(0, space));
  if (!first) return 0;
  try_one(*first);
  if (space == std::string_view::npos) return 0;
  const Result<Decimal> second = Decimal::parse(text.substr(space + 1));
  if (!second) return 0;
  try_one(*second);
  try_pair(*first, *second);
  try_pair(*second, *first);
  return 0;
}
