// lowBoundary(), highBoundary(), precision(), comparable(): https://build.fhir.org/ig/HL7/FHIRPath/#utility-functions
//
// A number 1.5 may stand for anything from 1.45 to 1.55, a date 2014 for any day of that year. What the suite asks of
// boundaries that are told with fewer digits than the value has is in docs/spec-clarifications.d/fhirpath.md.
#include <array>

#include "base/civil.hpp"
#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/quantities.hpp"

namespace meridian::fhirpath::internal {

namespace {

enum class Boundary : std::uint8_t { low, high };

constexpr int kDefaultPlaces = 8;
constexpr int kMaxPlaces = 31;

/// The number half a unit of its last digit away, with so many digits after its point: cut towards zero, or, on the
/// side away from zero, rounded.
std::optional<Decimal> boundary_of(const Decimal& value, Boundary boundary, std::int64_t places) {
  if (places < 0 || places > kMaxPlaces) return std::nullopt;
  const Result<Decimal> half = Decimal::make(5, value.scale() + 1);
  if (!half) return std::nullopt;
  const Result<Decimal> exact = boundary == Boundary::low ? subtract(value, *half) : add(value, *half);
  if (!exact) return std::nullopt;
  const bool away_from_zero = (boundary == Boundary::high) == !value.is_negative();
  Decimal rounded = *exact;
  if (exact->scale() > places) {
    rounded = exact->rounded(static_cast<int>(places));
    if (!away_from_zero && rounded.abs() > exact->abs()) {
      // Rounding went up: one unit back.
      const Result<Decimal> unit = Decimal::make(exact->is_negative() ? -1 : 1, static_cast<int>(places));
      if (unit) rounded = subtract(rounded, *unit).value_or(rounded);
    }
  }
  Result<Decimal> told = rounded.rescaled(static_cast<int>(places));
  if (!told) return std::nullopt;
  return *told;
}

/// The digits of a date: 4 for a year, 6 with the month, 8 with the day.
std::optional<Date> date_boundary(const Date& date, Boundary boundary, std::int64_t digits) {
  const bool low = boundary == Boundary::low;
  const int month = date.month() != 0 ? date.month() : low ? 1 : 12;
  const int day = date.day() != 0 ? date.day() : low ? 1 : days_in_month(date.year(), month);
  Result<Date> result = digits == 4   ? Date::of(date.year())
                        : digits == 6 ? Date::of(date.year(), month)
                                      : Date::of(date.year(), month, day);
  if (!result || (digits != 4 && digits != 6 && digits != 8)) return std::nullopt;
  return *result;
}

/// The digits of a time: 2 for the hour, 4, 6, and 9 with milliseconds.
std::optional<Time> time_boundary(const Time& time, Boundary boundary, std::int64_t digits) {
  const bool low = boundary == Boundary::low;
  const bool has_minute = time.precision() >= Precision::minute;
  const bool has_second = time.precision() >= Precision::second;
  // FHIR has no hour without minute, so the suite takes an hour alone for its first minute.
  const int minute = has_minute ? time.minute() : 0;
  const int second = has_second ? time.second() : low ? 0 : 59;
  std::uint64_t milliseconds = low ? 0 : 999;
  if (time.precision() == Precision::fraction) milliseconds = static_cast<std::uint64_t>(time.microsecond() / 1000);
  Result<Time> result = fail(ErrorCode::invalid_argument, "");
  if (digits == 2) result = Time::of(time.hour());
  if (digits == 4) result = Time::of(time.hour(), minute);
  if (digits == 6) result = Time::of(time.hour(), minute, second);
  if (digits == 9) result = Time::of(time.hour(), minute, second, milliseconds, 3);
  if (!result) return std::nullopt;
  return *result;
}

/// A date and time without offset may have been written anywhere: the earliest is at +14:00, the latest at -12:00.
std::optional<DateTime> date_time_boundary(const DateTime& value, Boundary boundary, std::int64_t digits) {
  const bool low = boundary == Boundary::low;
  const std::optional<Date> date = date_boundary(value.date(), boundary, digits < 8 ? digits : 8);
  if (!date) return std::nullopt;
  if (digits <= 8) return DateTime(*date);
  Time known;
  if (value.has_time()) {
    known = value.time();
  } else {
    const Result<Time> whole_day = low ? Time::of(0, 0) : Time::of(23, 59);
    if (!whole_day) return std::nullopt;
    known = *whole_day;
  }
  const std::optional<Time> time = time_boundary(known, boundary, digits - 8);
  if (!time) return std::nullopt;
  constexpr int kEasternmost = 14 * 60;
  constexpr int kWesternmost = -12 * 60;
  std::optional<UtcOffset> offset = value.offset();
  if (!offset) {
    const Result<UtcOffset> widest = UtcOffset::of(low ? kEasternmost : kWesternmost);
    if (!widest) return std::nullopt;
    offset = *widest;
  }
  const Result<DateTime> result = DateTime::of(*date, *time, offset);
  if (!result) return std::nullopt;
  return *result;
}

bool run_boundary(Machine& machine, const Op& op, Boundary boundary) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome == Outcome::failed) return false;
  std::int64_t precision = -1;
  bool has_precision = false;
  if (op.count > 0) {
    const Outcome given = machine.single_integer(machine.operand(op, 0), precision, op.label);
    if (given == Outcome::failed) return false;
    has_precision = given == Outcome::yes;
  }
  if (outcome == Outcome::empty) return true;
  switch (value.type()) {
    case ValueType::integer:
    case ValueType::long_integer:
    case ValueType::decimal: {
      const std::optional<Decimal> result =
          boundary_of(number_of(value), boundary, has_precision ? precision : kDefaultPlaces);
      return !result || machine.push(Value::of_decimal(*result));
    }
    case ValueType::quantity: {
      Quantity quantity = value.quantity();
      const std::optional<Decimal> result =
          boundary_of(quantity.value, boundary, has_precision ? precision : kDefaultPlaces);
      if (!result) return true;
      quantity.value = *result;
      return machine.push(Value::of_quantity(machine.keep(quantity)));
    }
    case ValueType::date: {
      const std::optional<Date> result = date_boundary(value.date(), boundary, has_precision ? precision : 8);
      return !result || machine.push(Value::of_date(*result));
    }
    case ValueType::date_time: {
      const std::optional<DateTime> result =
          date_time_boundary(value.date_time(), boundary, has_precision ? precision : 17);
      return !result || machine.push(Value::of_date_time(*result));
    }
    case ValueType::time: {
      const std::optional<Time> result = time_boundary(value.time(), boundary, has_precision ? precision : 9);
      return !result || machine.push(Value::of_time(*result));
    }
    default:
      return machine.fail(ErrorCode::unprocessable,
                          std::string(op.label) + " cannot be applied to " + type_name(value));
  }
}

int digits_of(const Time& time) {
  constexpr std::array<int, 4> kDigits{2, 4, 6, 6};
  const auto index = static_cast<std::size_t>(time.precision()) - static_cast<std::size_t>(Precision::hour);
  return kDigits[index] + time.fraction_digits();
}

int digits_of(const Date& date) {
  return date.precision() == Precision::day ? 8 : date.precision() == Precision::month ? 6 : 4;
}

}  // namespace

bool run_low_boundary(Machine& machine, const Op& op, Demand /*demand*/) {
  return run_boundary(machine, op, Boundary::low);
}
bool run_high_boundary(Machine& machine, const Op& op, Demand /*demand*/) {
  return run_boundary(machine, op, Boundary::high);
}

// https://build.fhir.org/ig/HL7/FHIRPath/#precision--integer
bool run_precision(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  switch (value.type()) {
    case ValueType::integer:
    case ValueType::long_integer:
      return machine.push_integer(0);
    case ValueType::decimal:
      return machine.push_integer(value.decimal().scale());
    case ValueType::date:
      return machine.push_integer(digits_of(value.date()));
    case ValueType::time:
      return machine.push_integer(digits_of(value.time()));
    case ValueType::date_time: {
      const DateTime date_time = value.date_time();
      return machine.push_integer(digits_of(date_time.date()) +
                                  (date_time.has_time() ? digits_of(date_time.time()) : 0));
    }
    default:
      return machine.fail(ErrorCode::unprocessable, "precision() cannot be applied to " + type_name(value));
  }
}

// https://hl7.org/fhir/R5/fhirpath.html#functions: whether two quantities can be compared.
Outcome decide_comparable(Machine& machine, const Op& op) {
  Value left;
  Value right;
  const Outcome outcome = machine.single_system_input(op, left);
  if (outcome == Outcome::failed) return outcome;
  const Outcome other = machine.single_system(machine.operand(op, 0), right, op.label);
  if (other == Outcome::failed) return other;
  if (outcome == Outcome::empty || other == Outcome::empty) return Outcome::empty;
  const std::optional<Quantity> a = to_quantity(left);
  const std::optional<Quantity> b = to_quantity(right);
  if (!a || !b) return Outcome::no;
  return outcome_of(comparable_units(*a, *b));
}

}  // namespace meridian::fhirpath::internal
