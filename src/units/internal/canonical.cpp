#include "units/internal/canonical.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <utility>

#include "units/unit.hpp"

namespace meridian::units::internal {
namespace {

std::size_t index_of(const UnitRow& unit) {
  return static_cast<std::size_t>(&unit - unit_rows().data());
}

/// Every unit of the table, understood once. Definitions refer to others of the table, in any order but in no circle.
class Meanings {
 public:
  static const Meanings& instance() {
    static const Meanings meanings;
    return meanings;
  }

  const Product& of(const UnitRow& unit) const { return meanings_[index_of(unit)]; }
  const Product& reference(const UnitRow& unit) const { return references_[index_of(unit)]; }

 private:
  Meanings() : known_(unit_rows().size()), meanings_(unit_rows().size()), references_(unit_rows().size()) {
    for (const UnitRow& unit : unit_rows()) learn(unit);
  }

  void learn(const UnitRow& unit) {
    const std::size_t index = index_of(unit);
    if (known_[index]) return;
    known_[index] = true;
    Product defined = definition(unit);
    // [IU] is another name of [iU]: an arbitrary unit defined by an arbitrary unit is that unit.
    const bool opaque = unit.kind == UnitKind::base || unit.kind == UnitKind::special ||
                        (unit.kind == UnitKind::arbitrary && defined.powers.empty());
    if (unit.kind == UnitKind::special) references_[index] = defined;
    meanings_[index] = opaque ? Product{{}, {{&unit, 1}}} : std::move(defined);
  }

  Product definition(const UnitRow& unit) {
    const auto pieces = parse_pieces(unit.of).value();
    for (const Piece& piece : pieces)
      if (piece.unit.unit != nullptr) learn(*piece.unit.unit);
    Product product = product_of(pieces).value();
    product.factor = product.factor.times(Ratio::parse(unit.value).value()).value();
    return product;
  }

 public:
  /// Left to right, with a stack of the signs that open brackets stand under.
  std::optional<Product> product_of(std::span<const Piece> pieces) const {
    Product result;
    std::vector<int> signs{1};
    for (const Piece& piece : pieces) {
      const int sign = piece.divides ? -signs.back() : signs.back();
      switch (piece.kind) {
        case Piece::Kind::open:
          signs.push_back(sign);
          break;
        case Piece::Kind::close:
          signs.pop_back();
          break;
        case Piece::Kind::annotation:
          break;
        case Piece::Kind::number: {
          auto number = Ratio::parse(piece.text);
          if (!number || !result.multiply({*std::move(number), {}}, sign)) return std::nullopt;
          break;
        }
        case Piece::Kind::unit: {
          if (piece.unit.prefix != nullptr &&
              !result.multiply({Ratio::parse(piece.unit.prefix->value).value(), {}}, sign * piece.exponent))
            return std::nullopt;
          if (!result.multiply(of(*piece.unit.unit), sign * piece.exponent)) return std::nullopt;
          break;
        }
      }
    }
    return result;
  }

 private:
  std::vector<bool> known_;
  std::vector<Product> meanings_;
  std::vector<Product> references_;
};

void append_power(std::string& code, const Power& power) {
  if (!code.empty()) code += '.';
  code += power.unit->code;
  if (power.exponent != 1) code += std::to_string(power.exponent);
}

}  // namespace

bool Product::multiply(const Product& other, int exponent) {
  const auto scaled = other.factor.power(exponent);
  auto product = scaled ? factor.times(*scaled) : std::nullopt;
  if (!product) return false;
  factor = *std::move(product);
  for (const Power& power : other.powers) {
    const auto place = std::ranges::lower_bound(powers, power.unit, {}, &Power::unit);
    const int added = power.exponent * exponent;
    if (place == powers.end() || place->unit != power.unit) {
      if (added != 0) powers.insert(place, {power.unit, added});
      if (std::abs(added) > Unit::kMaxExponent) return false;
    } else {
      place->exponent += added;
      if (std::abs(place->exponent) > Unit::kMaxExponent) return false;
      if (place->exponent == 0) powers.erase(place);
    }
  }
  return true;
}

std::optional<Product> evaluate(std::span<const Piece> pieces) {
  return Meanings::instance().product_of(pieces);
}

const Product& meaning(const UnitRow& unit) {
  return Meanings::instance().of(unit);
}

const Product& reference(const UnitRow& special) {
  return Meanings::instance().reference(special);
}

std::string to_code(const Product& product) {
  std::string code;
  if (product.factor.numerator != 1) code = product.factor.numerator.str();
  if (product.factor.exponent != 0) {
    if (!code.empty()) code += '.';
    code += "10*" + std::to_string(product.factor.exponent);
  }
  for (const Power& power : product.powers) append_power(code, power);
  if (code.empty()) code = "1";
  if (product.factor.denominator != 1) code += "/" + product.factor.denominator.str();
  return code;
}

std::string to_code(std::span<const Power> powers) {
  std::string code;
  for (const Power& power : powers) append_power(code, power);
  return code.empty() ? "1" : code;
}

}  // namespace meridian::units::internal
