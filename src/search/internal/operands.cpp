#include "search/internal/operands.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "base/date_time.hpp"
#include "search/internal/reference_text.hpp"
#include "units/unit.hpp"

namespace meridian::search::internal {
namespace {

tl::unexpected<Error> refuse(std::string words) {
  return fail(ErrorCode::invalid_argument, std::move(words));
}

/// Half of the unit of the last digit that was written.
Result<Decimal> half_of_last_digit(std::string_view text) {
  const std::size_t e = std::min(text.find_first_of("eE"), text.size());
  const std::string_view mantissa = text.substr(0, e);
  const std::size_t point = mantissa.find('.');
  std::size_t places = point == std::string_view::npos ? 0 : mantissa.size() - point - 1;
  // The specification has 1e2 from 95 up to 105: a mantissa without a fraction counts as one with one place.
  if (e != text.size() && places == 0) places = 1;
  std::string half = "0." + std::string(places, '0') + "5";
  if (e != text.size()) half.append(text.substr(e));
  return Decimal::parse(half);
}

}  // namespace

std::string unescaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_escape = text[at] == '\\' && at + 1 < text.size() &&
                           std::string_view(",|$\\").find(text[at + 1]) != std::string_view::npos;
    if (is_escape) ++at;
    out.push_back(text[at]);
  }
  return out;
}

std::vector<std::string> split_bars(std::string_view text, std::size_t limit) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size() && parts.size() + 1 < limit; ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '|') {
      parts.push_back(unescaped(text.substr(begin, at - begin)));
      begin = at + 1;
    }
  }
  parts.push_back(unescaped(text.substr(begin)));
  return parts;
}

// https://hl7.org/fhir/R4/search.html#token
TokenOperand parse_token(std::string_view text) {
  std::vector<std::string> parts = split_bars(text, 2);
  if (parts.size() == 1) return {false, {}, std::move(parts[0])};
  return {true, std::move(parts[0]), std::move(parts[1])};
}

Result<OfTypeOperand> parse_of_type(std::string_view text) {
  std::vector<std::string> parts = split_bars(text, 3);
  const bool is_whole =
      parts.size() == 3 && std::ranges::none_of(parts, [](const std::string& p) { return p.empty(); });
  if (!is_whole) return refuse("a value of :of-type is written system|code|value, with all three parts");
  return OfTypeOperand{std::move(parts[0]), std::move(parts[1]), std::move(parts[2])};
}

// https://hl7.org/fhir/R4/search.html#number
Result<NumberOperand> parse_number(std::string_view text) {
  const Result<Decimal> exact = Decimal::parse(text);
  if (!exact) return refuse("the value is not a number");
  const Result<Decimal> half = half_of_last_digit(text);
  if (!half) return refuse("the number is too long");
  const Result<Decimal> low = subtract(*exact, *half);
  const Result<Decimal> high = add(*exact, *half);
  const Result<Decimal> tenth = multiply(exact->abs(), *Decimal::make(1, 1));
  if (!low || !high || !tenth) return refuse("the number is too large");
  const Result<Decimal> near_low = subtract(*exact, *tenth);
  const Result<Decimal> near_high = add(*exact, *tenth);
  if (!near_low || !near_high) return refuse("the number is too large");
  return NumberOperand{*exact, *low, *high, std::min(*low, *near_low), std::max(*high, *near_high)};
}

// https://hl7.org/fhir/R4/search.html#quantity
Result<QuantityOperand> parse_quantity(std::string_view text) {
  std::vector<std::string> parts = split_bars(text, 3);
  const bool is_formed = parts.size() == 1 || (parts.size() == 3 && !parts[2].empty());
  if (!is_formed) return refuse("a quantity is written as a number, number||code or number|system|code");
  QuantityOperand quantity{TRY(parse_number(parts[0])), {}, {}};
  if (parts.size() == 3) {
    quantity.system = std::move(parts[1]);
    quantity.code = std::move(parts[2]);
  }
  return quantity;
}

// https://hl7.org/fhir/R4/search.html#date
Result<DateValue> parse_date(std::string_view text, const TimeZone& zone) {
  // A plus that was not encoded in a URL arrives as a space.
  std::string mended(text);
  const std::size_t time = mended.find('T');
  if (time != std::string::npos)
    std::replace(mended.begin() + static_cast<std::ptrdiff_t>(time), mended.end(), ' ', '+');
  const Result<DateTime> date = DateTime::parse(mended);
  if (!date)
    return refuse("the value is not a date: it is written as 2024, 2024-02, 2024-02-29 or 2024-02-29T12:00:00Z");
  const InstantRange range = instant_range(*date, zone);
  const std::int64_t low = range.start.microseconds();
  return DateValue{low, std::max(range.end.microseconds(), low + 1)};
}

DateValue near_date(const DateValue& date, std::int64_t now) {
  const std::int64_t gap = now >= date.high ? now - date.high : now <= date.low ? date.low - now : 0;
  return {date.low - gap / 10, date.high + gap / 10};
}

// https://hl7.org/fhir/R4/search.html#reference
ReferenceOperand parse_reference(const fhir::Schema& schema, std::string_view text) {
  ReferenceOperand operand;
  std::vector<std::string> parts = split_bars(text, 2);
  operand.names_version = parts.size() == 2;
  if (operand.names_version) operand.version = std::move(parts[1]);
  const std::string& target = parts[0];
  if (target.find('/') == std::string::npos && target.find(':') == std::string::npos) {
    operand.id = target;
    return operand;
  }
  ReferenceValue value;
  split_reference(schema, target, value);
  operand.id = value.id;
  if (!value.id.empty()) operand.type = value.type;
  operand.url = value.url;
  return operand;
}

// https://hl7.org/fhir/R4/location.html#search
Result<NearOperand> parse_near(std::string_view text) {
  const std::vector<std::string> parts = split_bars(text, 4);
  const auto number = [&](std::size_t index) -> Result<double> {
    return TRY(Decimal::parse(parts[index])).to_double();
  };
  if (parts.size() < 2) return refuse("near is written latitude|longitude|distance|unit");
  constexpr double kUsualKilometres = 50;
  NearOperand near{{0, 0}, kUsualKilometres};
  const Result<double> latitude = number(0);
  const Result<double> longitude = number(1);
  if (!latitude || !longitude || std::abs(*latitude) > 90 || std::abs(*longitude) > 180) {
    return refuse("near needs a latitude from -90 to 90 and a longitude from -180 to 180");
  }
  near.centre = {*latitude, *longitude};
  if (parts.size() < 3 || parts[2].empty()) return near;
  const Result<Decimal> distance = Decimal::parse(parts[2]);
  if (!distance || distance->is_negative()) return refuse("the distance of near is not a positive number");
  const bool has_unit = parts.size() == 4 && !parts[3].empty();
  const Result<units::Unit> unit = units::Unit::parse(has_unit ? std::string_view(parts[3]) : "km");
  const Result<units::Unit> kilometre = units::Unit::parse("km");
  if (!unit || !kilometre) return refuse("the unit of near's distance is none of UCUM's");
  const Result<Decimal> kilometres = convert(*distance, *unit, *kilometre);
  if (!kilometres) return refuse("the unit of near's distance is not one of length");
  near.kilometres = kilometres->to_double();
  return near;
}

// The haversine formula on a sphere of the Earth's mean radius.
double distance_kilometres(const PositionValue& a, const PositionValue& b) {
  constexpr double kRadius = 6371.0088;
  constexpr double kRadian = std::numbers::pi / 180;
  const double up = std::sin((b.latitude - a.latitude) * kRadian / 2);
  const double across = std::sin((b.longitude - a.longitude) * kRadian / 2);
  const double chord = up * up + std::cos(a.latitude * kRadian) * std::cos(b.latitude * kRadian) * across * across;
  return 2 * kRadius * std::asin(std::min(1.0, std::sqrt(chord)));
}

Result<> check_operand(fhir::SearchType kind, std::string_view text, const TimeZone& zone) {
  if (kind == fhir::SearchType::number) TRY(parse_number(unescaped(text)));
  if (kind == fhir::SearchType::quantity) TRY(parse_quantity(text));
  if (kind == fhir::SearchType::date) TRY(parse_date(unescaped(text), zone));
  if (kind == fhir::SearchType::special) TRY(parse_near(text));
  return {};
}

Result<bool> parse_missing(std::string_view text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return refuse("the value of :missing is true or false");
}

}  // namespace meridian::search::internal
