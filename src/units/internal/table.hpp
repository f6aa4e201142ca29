// UCUM's definitions: prefixes and unit atoms, as rows written at build time and as atoms looked up by code.
//
// A row is what UCUM says: `N` is 1 × `kg.m/s2`; `[degF]` is the function degF over 5 × `K/9`. The rows are made by
// tools/ucum/generate.py; their expressions are parsed here, once, with the parser that reads everybody else's.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace meridian::units::internal {

enum class UnitKind : std::uint8_t {
  base,       ///< one of the seven
  ratio,      ///< a number times other units
  arbitrary,  ///< defined by a procedure; converts only to itself (UCUM §24)
  special     ///< a function of another unit (UCUM §21)
};

struct PrefixRow {
  std::string_view code;
  std::string_view name;
  std::string_view value;  ///< a decimal number
};

struct UnitRow {
  std::string_view code;
  std::string_view code_any_case;  ///< UCUM's case-insensitive spelling
  std::string_view name;
  std::string_view value;     ///< a decimal number; of a special unit that of its reference
  std::string_view of;        ///< the unit expression that the value multiplies
  std::string_view function;  ///< of a special unit: "Cel", "lg", …; else empty
  UnitKind kind;
  bool metric;  ///< takes prefixes
};

std::span<const PrefixRow> prefix_rows();
std::span<const UnitRow> unit_rows();

/// The row of a code, or null. Exact, case sensitive.
const UnitRow* find_unit(std::string_view code);
/// A prefix and the metric unit after it, such as `k` and `g`, or nulls.
struct PrefixedUnit {
  const PrefixRow* prefix = nullptr;
  const UnitRow* unit = nullptr;
};
/// What a symbol means: a unit as it stands, else a prefix and a metric unit.
PrefixedUnit resolve_symbol(std::string_view symbol);

}  // namespace meridian::units::internal
