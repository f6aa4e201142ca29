#include "search/internal/ranges.hpp"

#include <algorithm>
#include <utility>

#include "search/internal/operands.hpp"
#include "search/internal/times.hpp"

namespace meridian::search::internal {

using fhir::SearchType;

namespace {

bool is_single(const Condition& condition) {
  return condition.parameter != nullptr && condition.chain.empty() && !condition.has && !is_last_updated(condition) &&
         condition.modifier == Modifier::none && condition.operands.size() == 1;
}
bool is_lower(Prefix prefix) {
  return prefix == Prefix::gt || prefix == Prefix::ge || prefix == Prefix::sa;
}
bool is_upper(Prefix prefix) {
  return prefix == Prefix::lt || prefix == Prefix::le || prefix == Prefix::eb;
}

/// The widest interval that the operand can mean.
std::optional<Interval> meant(SearchType kind, const Operand& operand, const Reading& reading) {
  if (kind == SearchType::date) {
    const auto date = parse_date(operand.text, reading.zone);
    if (!date) return std::nullopt;
    return Interval{date_coordinate(date->low), date_coordinate(date->high)};
  }
  const auto number = parse_number(operand.text);
  if (!number) return std::nullopt;
  return Interval{number_coordinate(std::min(number->low, number->exact)),
                  number_coordinate(std::max(number->high, number->exact))};
}

}  // namespace

std::optional<std::vector<TermRange>> terms_between(const Condition& a, const Condition& b, const Reading& reading) {
  if (!is_single(a) || !is_single(b) || a.parameter != b.parameter) return std::nullopt;
  const SearchType kind = a.parameter->kind;
  if (kind != SearchType::date && kind != SearchType::number) return std::nullopt;
  const Operand& lower = a.operands.front();
  const Operand& upper = b.operands.front();
  if (!is_lower(lower.prefix) || !is_upper(upper.prefix)) return std::nullopt;
  const auto from = meant(kind, lower, reading);
  const auto to = meant(kind, upper, reading);
  if (!from || !to) return std::nullopt;
  Box box;
  box.high.least = from->low;
  box.low.greatest = to->high;
  return box_terms(kind == SearchType::date ? Scale::date : Scale::number, box);
}

}  // namespace meridian::search::internal
