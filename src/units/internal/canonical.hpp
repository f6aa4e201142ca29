// Canonical: what a code means, in base units. The description behind a Unit handle.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "units/internal/parser.hpp"
#include "units/internal/ratio.hpp"
#include "units/internal/table.hpp"

namespace meridian::units::internal {

/// A power of a unit that is not taken apart further: base, arbitrary or special.
struct Power {
  const UnitRow* unit;
  int exponent;
  bool operator==(const Power&) const = default;
};

/// factor × powers; the powers in the order of UCUM's table, none with exponent 0.
struct Product {
  Ratio factor;
  std::vector<Power> powers;

  /// False when the result is beyond the limits.
  bool multiply(const Product& other, int exponent);
  bool operator==(const Product&) const = default;
};

struct Canonical {
  std::string code;
  Product product;
  /// Of a unit that is a number times one special unit: that unit, and what its function is applied to; else null.
  const UnitRow* special = nullptr;
  Product reference;
  std::string dimension;
};

/// The product that pieces stand for; nothing when a number in it is beyond the limits.
std::optional<Product> evaluate(std::span<const Piece> pieces);
/// What one unit of the table stands for: itself for base, arbitrary and special units.
const Product& meaning(const UnitRow& unit);
/// What a special unit's function is applied to: 5 K/9 for [degF].
const Product& reference(const UnitRow& special);

/// `10*3.m.s-2.g`
std::string to_code(const Product& product);
/// The code of the powers alone, "1" for none.
std::string to_code(std::span<const Power> powers);

}  // namespace meridian::units::internal
