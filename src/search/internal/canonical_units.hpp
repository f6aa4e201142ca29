// CanonicalUnits: quantities in UCUM's base units, so that 1 g and 1000 mg are the same amount.
//
// Amounts are rounded to 15 significant digits (docs/spec-clarifications.d/search.md): as many as a double tells apart,
// so that what the index compares and what matching compares is one number. Units without a zero of their own (pH, B)
// are not converted.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/decimal.hpp"
#include "units/unit.hpp"

namespace meridian::search::internal {

inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";
inline constexpr int kComparedDigits = 15;

/// At most 15 significant digits.
Decimal rounded_to_compare(const Decimal& value);

/// One thread. Remembers units, within a bound.
class CanonicalUnits {
 public:
  struct Scale {
    units::Unit unit;
    units::Unit base;
    std::string dimension;
  };
  /// Null when the code is none of UCUM's or is not converted. Lives until the next call.
  const Scale* find(std::string_view code);
  static std::optional<Decimal> convert(const Decimal& value, const Scale& scale);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::optional<Scale>, Hash, std::equal_to<>> known_;
};

}  // namespace meridian::search::internal
