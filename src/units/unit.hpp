// Unit: a unit of measure written in UCUM, understood: what it measures and how large it is, exactly.
//
//   Unit from = TRY(Unit::parse("mg/dL"));
//   Unit to = TRY(Unit::parse("g/L"));
//   Decimal value = TRY(convert(TRY(Decimal::parse("90")), from, to));  // 0.9
//
// Codes are case sensitive. The definitions are those of UCUM 2.2, embedded in the program.
//
// Exactness: a unit is a rational number times powers of the base units, so a conversion is exact whenever the
// result is a decimal; one that has no end (1 s in hours) is rounded as base/decimal.hpp rounds, at 28 significant
// digits. Logarithmic and trigonometric units (pH, B, Np, [p'diop] …) go through `long double` and give 15 digits.
//
// A Unit is a small handle to an immutable description: cheap to copy, safe in any number of threads, alive as
// long as any copy. Parsing is cached (bounded), so writing the same code again costs a look-up.
// Specification: https://ucum.org/ucum
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace meridian {
class Decimal;
}

namespace meridian::units {

namespace internal {
struct Canonical;
}

class Unit {
 public:
  /// Limits on foreign codes; beyond them parse() says too_large.
  static constexpr std::size_t kMaxCodeBytes = 2048;
  static constexpr int kMaxDepth = 32;
  static constexpr int kMaxExponent = 999;

  /// The unit that a UCUM code names. The empty code is the unit "1", as FHIR and HL7 v3 take it.
  /// Errors: invalid_argument, with the column (from 1, in bytes), what is wrong there, and what was probably
  /// meant: `UCUM code "mg/12h", column 6: a number is joined to a unit by "."; did you mean "mg/12.h"?`
  static Result<Unit> parse(std::string_view code);
  /// The unit "1".
  static Unit one();

  /// The code as it was written.
  const std::string& code() const;

  /// The same unit in base units and nothing else, with its factor and in one fixed order: `N` is `10*3.m.s-2.g`.
  /// Special and arbitrary units are bases of their own. Two units mean the same exactly when these are equal, and
  /// parsing a canonical code gives it again.
  std::string canonical_code() const;
  /// What is measured: the canonical code without its factor, `m.s-2.g`; "1" for pure numbers; of a special unit
  /// that of the scale it stands on (`K` of Cel). Comparable units have the same one.
  const std::string& dimension() const;
  /// Whether the scale is not proportional to its dimension: Cel, [degF], pH, B, Np … (UCUM §21).
  bool special() const;
  /// Whether it counts a procedure-defined thing such as [IU], which converts only to its like (UCUM §24).
  bool arbitrary() const;

  /// A reading aid in English, as the UCUM functional tests have it: `(millimeter)`, `(meter) / (second ^ 2)`.
  std::string display_name() const;

  /// The same code. For "the same unit" compare canonical_code().
  bool operator==(const Unit& other) const;

 private:
  friend Result<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to);
  explicit Unit(std::shared_ptr<const internal::Canonical> canonical) : canonical_(std::move(canonical)) {}
  std::shared_ptr<const internal::Canonical> canonical_;
};

/// Whether a value in one can be converted into the other: the same dimension, where an arbitrary unit and a special
/// unit inside a product (`J/Cel`) are dimensions of their own.
bool comparable(const Unit& a, const Unit& b);

/// The value in another unit. Errors: unprocessable when they are not comparable or the value lies outside the
/// unit's scale (a negative ratio has no logarithm); too_large when the result is beyond what a Decimal holds.
Result<Decimal> convert(const Decimal& value, const Unit& from, const Unit& to);

/// Products and quotients keep the codes of both: `g.m`, `g/m`. Errors: as parse(), when the code grows too long.
Result<Unit> multiply(const Unit& a, const Unit& b);
Result<Unit> divide(const Unit& a, const Unit& b);

}  // namespace meridian::units
