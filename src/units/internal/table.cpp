#include "units/internal/table.hpp"

#include <unordered_map>

namespace meridian::units::internal {

const UnitRow* find_unit(std::string_view code) {
  static const auto by_code = [] {
    std::unordered_map<std::string_view, const UnitRow*> map;
    for (const UnitRow& row : unit_rows()) map.emplace(row.code, &row);
    return map;
  }();
  const auto found = by_code.find(code);
  return found == by_code.end() ? nullptr : found->second;
}

PrefixedUnit resolve_symbol(std::string_view symbol) {
  if (const UnitRow* unit = find_unit(symbol)) return {nullptr, unit};
  for (const PrefixRow& prefix : prefix_rows()) {
    if (!symbol.starts_with(prefix.code)) continue;
    const UnitRow* unit = find_unit(symbol.substr(prefix.code.size()));
    if (unit != nullptr && unit->metric) return {&prefix, unit};
  }
  return {};
}

}  // namespace meridian::units::internal
