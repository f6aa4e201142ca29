#include "search/internal/canonical_units.hpp"

#include <utility>

namespace meridian::search::internal {
namespace {

std::optional<CanonicalUnits::Scale> make_scale(std::string_view code) {
  if (code.empty()) return std::nullopt;
  Result<units::Unit> unit = units::Unit::parse(code);
  if (!unit) return std::nullopt;
  // Of the special scales those of temperature are straight lines; of the others some run backwards.
  if (unit->special() && unit->dimension() != "K") return std::nullopt;
  Result<units::Unit> base = units::Unit::parse(unit->dimension());
  if (!base || !units::comparable(*unit, *base)) return std::nullopt;
  std::string dimension = unit->dimension();
  return CanonicalUnits::Scale{*std::move(unit), *std::move(base), std::move(dimension)};
}

}  // namespace

Decimal rounded_to_compare(const Decimal& value) {
  const int surplus = value.precision() - kComparedDigits;
  if (surplus <= 0) return value;
  if (surplus <= value.scale()) return value.rounded(value.scale() - surplus);
  // Digits before the point go too: count in larger units and come back.
  Int128 unit = 1;
  const int before_point = surplus - value.scale();
  for (int i = 0; i < before_point; ++i) unit *= 10;
  const Int128 whole = value.rounded(0).coefficient();
  const Int128 half = whole < 0 ? -unit / 2 : unit / 2;
  return Decimal::make((whole + half) / unit * unit, 0).value_or(value);
}

const CanonicalUnits::Scale* CanonicalUnits::find(std::string_view code) {
  auto found = known_.find(code);
  if (found == known_.end()) {
    constexpr std::size_t kMaxKnown = 4096;
    if (known_.size() >= kMaxKnown) known_.clear();
    found = known_.emplace(std::string(code), make_scale(code)).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::optional<Decimal> CanonicalUnits::convert(const Decimal& value, const Scale& scale) {
  const Result<Decimal> converted = units::convert(value, scale.unit, scale.base);
  if (!converted) return std::nullopt;
  return rounded_to_compare(*converted);
}

}  // namespace meridian::search::internal
