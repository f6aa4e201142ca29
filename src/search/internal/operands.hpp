// Operands: the text of a searched value taken apart by its kind, as the specification writes it.
//
// Escapes `\,` `\|` `\$` `\\` are resolved here. Errors are invalid_argument and never quote the text, which may be a
// patient's. Specification: https://hl7.org/fhir/R4/search.html#escaping
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.hpp"
#include "base/result.hpp"
#include "search/values.hpp"

namespace meridian::search::internal {

/// Parts between bars that are not escaped, escapes resolved; at most `limit` of them, the last one keeping its bars.
std::vector<std::string> split_bars(std::string_view text, std::size_t limit);
std::string unescaped(std::string_view text);

/// `code`, `system|code`, `|code`, `system|`.
struct TokenOperand {
  bool names_system = false;  ///< a bar stands there
  std::string system;
  std::string code;
};
TokenOperand parse_token(std::string_view text);

/// `system|code|value` of :of-type.
struct OfTypeOperand {
  std::string system, code, value;
};
Result<OfTypeOperand> parse_of_type(std::string_view text);

/// `100` means 99.5 up to, not including, 100.5; `100.00` and `1e2` are narrower and wider.
struct NumberOperand {
  Decimal exact;
  Decimal low, high;            ///< [low, high)
  Decimal near_low, near_high;  ///< ten per cent around it, and no less than [low, high]
};
Result<NumberOperand> parse_number(std::string_view text);

/// `5.4`, `5.4||mg`, `5.4|http://unitsofmeasure.org|mg`.
struct QuantityOperand {
  NumberOperand number;
  std::string system;
  std::string code;
};
Result<QuantityOperand> parse_quantity(std::string_view text);

/// A date as FHIR writes it, and times to the hour or minute or without offset too.
Result<DateValue> parse_date(std::string_view text, const TimeZone& zone);
/// The range around it for `ap`: a tenth of the time between it and now, at least itself.
DateValue near_date(const DateValue& date, std::int64_t now);

/// `7`, `Patient/7`, `http://x/fhir/Patient/7`, `http://x/ValueSet/y|2`.
struct ReferenceOperand {
  std::string type, id;
  std::string url, version;
  bool names_version = false;
};
ReferenceOperand parse_reference(const fhir::Schema& schema, std::string_view text);

/// `-83.69|42.25|11.2|km` of Location.near.
struct NearOperand {
  PositionValue centre;
  double kilometres;
};
Result<NearOperand> parse_near(std::string_view text);
double distance_kilometres(const PositionValue& a, const PositionValue& b);

/// Whether the text means something to that kind; an Error says why not.
Result<> check_operand(fhir::SearchType kind, std::string_view text, const TimeZone& zone);

/// `true` or `false` of :missing.
Result<bool> parse_missing(std::string_view text);

}  // namespace meridian::search::internal
