#include <algorithm>

#include "search/internal/prober.hpp"

namespace meridian::search::internal {

bool looks_into_texts(const Parameter& parameter) {
  return !parameter.compiled && (parameter.code == "_text" || parameter.code == "_content");
}

bool has_modifier(const Parameter& parameter, Modifier modifier) {
  using enum Modifier;
  if (modifier == none) return true;
  if (modifier == missing) return true;
  if (looks_into_texts(parameter)) return false;
  if (parameter.code == "_id") return modifier == not_;
  switch (parameter.kind) {
    case fhir::SearchType::string:
      return modifier == exact || modifier == contains || modifier == text || modifier == equals ||
             modifier == ends_with;
    case fhir::SearchType::token:
      return modifier == Modifier::text || modifier == not_ || modifier == above || modifier == below ||
             modifier == in || modifier == not_in || modifier == of_type;
    case fhir::SearchType::reference:
      return modifier == Modifier::text || modifier == Modifier::identifier || modifier == type || modifier == above ||
             modifier == below || modifier == version_above || modifier == version_below;
    case fhir::SearchType::uri:
      return modifier == above || modifier == below;
    case fhir::SearchType::number:
    case fhir::SearchType::date:
    case fhir::SearchType::quantity:
    case fhir::SearchType::composite:
    case fhir::SearchType::special:
      return false;
  }
  return false;
}

SearchedNumber searched_number(Prefix prefix, const NumberOperand& number) {
  SearchedNumber searched{number_coordinate(number.low),       number_coordinate(number.high),
                          number_coordinate(number.exact),     number_coordinate(number.near_low),
                          number_coordinate(number.near_high), true};
  switch (prefix) {
    case Prefix::eq:
    case Prefix::ne:
      searched.is_told_apart = is_told_apart(number.low) && is_told_apart(number.high);
      break;
    case Prefix::ap:
    case Prefix::overlaps:
      searched.is_told_apart = is_told_apart(number.near_low) && is_told_apart(number.near_high);
      break;
    default:
      searched.is_told_apart = is_told_apart(number.exact);
      break;
  }
  return searched;
}

std::optional<NumberOperand> in_base_units(const NumberOperand& number, const CanonicalUnits::Scale& scale) {
  const std::optional<Decimal> exact = CanonicalUnits::convert(number.exact, scale);
  const std::optional<Decimal> low = CanonicalUnits::convert(number.low, scale);
  const std::optional<Decimal> high = CanonicalUnits::convert(number.high, scale);
  const std::optional<Decimal> near_low = CanonicalUnits::convert(number.near_low, scale);
  const std::optional<Decimal> near_high = CanonicalUnits::convert(number.near_high, scale);
  if (!exact || !low || !high || !near_low || !near_high) return std::nullopt;
  return NumberOperand{*exact, *low, *high, *near_low, *near_high};
}

// https://hl7.org/fhir/R4/search.html#uri
std::vector<std::string> uris_above(std::string_view uri) {
  std::vector<std::string> out;
  const std::size_t scheme = uri.find("://");
  if (scheme == std::string_view::npos) {
    out.emplace_back(uri);
    return out;
  }
  const std::size_t host = scheme + 3;
  std::string_view rest = uri;
  constexpr std::size_t kMaxSteps = 200;
  for (std::size_t step = 0; step < kMaxSteps; ++step) {
    out.emplace_back(rest);
    if (rest.back() == '/') {
      rest.remove_suffix(1);
    } else {
      const std::size_t slash = rest.rfind('/');
      if (slash == std::string_view::npos || slash < host) break;
      rest = rest.substr(0, slash + 1);
    }
    if (rest.size() <= host) break;
  }
  return out;
}

}  // namespace meridian::search::internal
