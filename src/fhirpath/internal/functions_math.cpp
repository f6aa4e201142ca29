// https://hl7.org/fhirpath/N1/#math-1
//
// abs, ceiling, floor, round, truncate and whole powers are exact; exp, ln, log, sqrt and other powers are computed in
// double precision and told with up to 15 significant digits. What has no value (the root of -1) gives nothing.
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

Outcome input_number(Machine& machine, const Op& op, Value& value) {
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome;
  if (is_number(value)) return Outcome::yes;
  return machine.failed(ErrorCode::unprocessable, std::string(op.label) + " needs a number, not " + type_name(value));
}

bool push_double(Machine& machine, double number) {
  if (!std::isfinite(number)) return true;
  constexpr int kDigits = 15;
  char text[40];
  std::snprintf(text, sizeof text, "%.*g", kDigits, number);
  const Result<Decimal> decimal = Decimal::parse(text);
  return !decimal || machine.push(Value::of_decimal(*decimal));
}

bool by_double(Machine& machine, const Op& op, double (*function)(double)) {
  Value value;
  const Outcome outcome = input_number(machine, op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  return push_double(machine, function(number_of(value).to_double()));
}

bool to_whole(Machine& machine, const Op& op, Decimal (Decimal::*rounding)() const) {
  Value value;
  const Outcome outcome = input_number(machine, op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (is_integer(value)) return machine.push(value);
  const Result<std::int64_t> whole = (value.decimal().*rounding)().to_int64();
  return !whole || machine.push_integer(*whole);
}

}  // namespace

bool run_abs(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  switch (value.type()) {
    case ValueType::integer:
      return machine.push_integer(std::abs(value.integer()));
    case ValueType::long_integer: {
      const Result<std::int64_t> number = Decimal(value.integer()).abs().to_int64();
      return !number || machine.push(Value::of_long(*number));
    }
    case ValueType::decimal:
      return machine.push(Value::of_decimal(value.decimal().abs()));
    case ValueType::quantity: {
      Quantity quantity = value.quantity();
      quantity.value = quantity.value.abs();
      return machine.push(Value::of_quantity(machine.keep(quantity)));
    }
    default:
      return machine.fail(ErrorCode::unprocessable, "abs() needs a number or quantity, not " + type_name(value));
  }
}

bool run_ceiling(Machine& machine, const Op& op, Demand /*demand*/) {
  return to_whole(machine, op, &Decimal::ceiling);
}
bool run_floor(Machine& machine, const Op& op, Demand /*demand*/) {
  return to_whole(machine, op, &Decimal::floor);
}
bool run_truncate(Machine& machine, const Op& op, Demand /*demand*/) {
  return to_whole(machine, op, &Decimal::truncated);
}

bool run_exp(Machine& machine, const Op& op, Demand /*demand*/) {
  return by_double(machine, op, std::exp);
}
bool run_ln(Machine& machine, const Op& op, Demand /*demand*/) {
  return by_double(machine, op, std::log);
}
bool run_sqrt(Machine& machine, const Op& op, Demand /*demand*/) {
  return by_double(machine, op, std::sqrt);
}

bool run_log(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  Value base;
  const Outcome outcome = input_number(machine, op, value);
  if (outcome == Outcome::failed) return false;
  const Outcome has_base = machine.single_system(machine.operand(op, 0), base, op.label);
  if (has_base == Outcome::failed) return false;
  if (outcome == Outcome::empty || has_base == Outcome::empty) return true;
  if (!is_number(base)) return machine.fail(ErrorCode::unprocessable, "log() needs a number as base");
  return push_double(machine, std::log(number_of(value).to_double()) / std::log(number_of(base).to_double()));
}

// https://hl7.org/fhirpath/N1/#powerexponent--integer--decimal--integer--decimal
bool run_power(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  Value exponent;
  const Outcome outcome = input_number(machine, op, value);
  if (outcome == Outcome::failed) return false;
  const Outcome has_exponent = machine.single_system(machine.operand(op, 0), exponent, op.label);
  if (has_exponent == Outcome::failed) return false;
  if (outcome == Outcome::empty || has_exponent == Outcome::empty) return true;
  if (!is_number(exponent)) return machine.fail(ErrorCode::unprocessable, "power() needs a number as exponent");
  if (is_integer(exponent)) {
    const Result<Decimal> result = power(number_of(value), exponent.integer());
    if (!result) return true;
    if (is_integer(value) && exponent.integer() >= 0) {
      const Result<std::int64_t> whole = result->to_int64();
      return !whole || machine.push_integer(*whole);
    }
    return machine.push(Value::of_decimal(*result));
  }
  return push_double(machine, std::pow(number_of(value).to_double(), number_of(exponent).to_double()));
}

// https://hl7.org/fhirpath/N1/#roundprecision--integer--decimal
bool run_round(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = input_number(machine, op, value);
  if (outcome == Outcome::failed) return false;
  std::int64_t places = 0;
  if (op.count > 0) {
    const Outcome has_places = machine.single_integer(machine.operand(op, 0), places, op.label);
    if (has_places == Outcome::failed) return false;
    if (has_places == Outcome::yes && places < 0)
      return machine.fail(ErrorCode::unprocessable, "round() needs a precision of 0 or more");
  }
  if (outcome == Outcome::empty) return true;
  if (is_integer(value)) return machine.push(value);
  return machine.push(Value::of_decimal(
      value.decimal().rounded(places > Decimal::kMaxScale ? Decimal::kMaxScale : static_cast<int>(places))));
}

}  // namespace meridian::fhirpath::internal
