// https://hl7.org/fhirpath/N1/#conversion
#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "units/unit.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// A criterion that must be a single boolean or nothing.
Outcome boolean_of(Machine& machine, std::uint32_t operand, std::string_view label) {
  if (machine.op(operand).run == run_decided) return machine.decide(operand);
  const std::uint32_t base = machine.stack().size();
  if (!machine.run(operand, 2)) return Outcome::failed;
  if (machine.stack().size() == base) return Outcome::empty;
  const Value& criterion = machine.stack()[base];
  const bool is_boolean = criterion.type() == ValueType::boolean ||
                          (criterion.is_node() && criterion.node().value_kind() == fhir::ValueKind::boolean);
  if (!is_boolean || machine.stack().size() > base + 1) {
    return machine.failed(ErrorCode::unprocessable, "the criterion of iif() must be a single boolean");
  }
  return machine.truth_of(base, label);
}

}  // namespace

// https://hl7.org/fhirpath/N1/#iifcriterion-expression-true-result-collection--otherwise-result-collection--collection
bool run_iif(Machine& machine, const Op& op, Demand demand) {
  // 1. Called on several items: an error.
  FocusScope scope(machine);
  if (op.input != kNoOp) {
    Value item;
    const Outcome outcome = machine.single_input(op, item);
    if (outcome == Outcome::failed) return false;
    if (outcome == Outcome::yes) {
      scope.set(item, 0);
    } else {
      machine.focus().count = 0;
    }
  }
  // 2. The criterion must be a boolean or empty.
  const Outcome criterion = boolean_of(machine, machine.operand(op, 0), op.label);
  if (criterion == Outcome::failed) return false;
  // 3. Only the result that is wanted is evaluated.
  if (criterion == Outcome::yes) return machine.run(machine.operand(op, 1), demand);
  return op.count < 3 || machine.run(machine.operand(op, 2), demand);
}

namespace {

/// The input as a System value. `no` for a complex node, which converts to nothing.
Outcome convertible_input(Machine& machine, const Op& op, Value& value) {
  const Outcome outcome = machine.single_input(op, value);
  return outcome == Outcome::yes ? try_to_system(machine, value) : outcome;
}

template <typename Convert, typename Make>
bool convert(Machine& machine, const Op& op, Convert conversion, Make make) {
  Value value;
  const Outcome outcome = convertible_input(machine, op, value);
  if (outcome != Outcome::yes) return outcome != Outcome::failed;
  const auto converted = conversion(value);
  return !converted || machine.push(make(*converted));
}

template <typename Convert>
Outcome converts(Machine& machine, const Op& op, Convert conversion) {
  Value value;
  const Outcome outcome = convertible_input(machine, op, value);
  if (outcome != Outcome::yes) return outcome;
  return outcome_of(conversion(value).has_value());
}

/// The unit that an argument of toQuantity() asks for.
Outcome wanted_unit(Machine& machine, const Op& op, std::string_view& unit) {
  return op.count == 0 ? Outcome::empty
                       : machine.single_string(machine.operand(op, 0), unit, "the unit of toQuantity()");
}

std::optional<Quantity> in_unit(Machine& machine, const Quantity& quantity, std::string_view unit) {
  if (quantity.unit == unit) return quantity;
  const Result<units::Unit> from = units::Unit::parse(quantity.unit);
  const Result<units::Unit> to = units::Unit::parse(unit);
  if (!from || !to) return std::nullopt;
  const Result<Decimal> value = units::convert(quantity.value, *from, *to);
  if (!value) return std::nullopt;
  return Quantity{*value, machine.keep(unit), false};
}

}  // namespace

bool run_to_boolean(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_boolean, Value::of_boolean);
}
bool run_to_integer(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_integer, Value::of_integer);
}
bool run_to_long(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_long, Value::of_long);
}
bool run_to_decimal(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_decimal, Value::of_decimal);
}
bool run_to_date(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_date, Value::of_date);
}
bool run_to_date_time(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_date_time, Value::of_date_time);
}
bool run_to_time(Machine& machine, const Op& op, Demand /*demand*/) {
  return convert(machine, op, to_time, Value::of_time);
}

bool run_to_string(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = convertible_input(machine, op, value);
  if (outcome != Outcome::yes) return outcome != Outcome::failed;
  if (value.type() == ValueType::string) return machine.push(value);
  const std::string text = to_text(value);
  const std::string_view kept = machine.keep(text);
  return kept.size() == text.size() && machine.push(Value::of_string(kept));
}

bool run_to_quantity(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = convertible_input(machine, op, value);
  if (outcome != Outcome::yes) return outcome != Outcome::failed;
  std::optional<Quantity> quantity = to_quantity(value);
  std::string_view unit;
  const Outcome wanted = wanted_unit(machine, op, unit);
  if (wanted == Outcome::failed) return false;
  if (quantity && wanted == Outcome::yes) quantity = in_unit(machine, *quantity, unit);
  return !quantity || machine.push(Value::of_quantity(machine.keep(*quantity)));
}

Outcome decide_converts_to_boolean(Machine& machine, const Op& op) {
  return converts(machine, op, to_boolean);
}
Outcome decide_converts_to_integer(Machine& machine, const Op& op) {
  return converts(machine, op, to_integer);
}
Outcome decide_converts_to_long(Machine& machine, const Op& op) {
  return converts(machine, op, to_long);
}
Outcome decide_converts_to_decimal(Machine& machine, const Op& op) {
  return converts(machine, op, to_decimal);
}
Outcome decide_converts_to_date(Machine& machine, const Op& op) {
  return converts(machine, op, to_date);
}
Outcome decide_converts_to_date_time(Machine& machine, const Op& op) {
  return converts(machine, op, to_date_time);
}
Outcome decide_converts_to_time(Machine& machine, const Op& op) {
  return converts(machine, op, to_time);
}
Outcome decide_converts_to_string(Machine& machine, const Op& op) {
  Value value;
  const Outcome outcome = convertible_input(machine, op, value);
  return outcome == Outcome::yes ? outcome_of(value.type() != ValueType::type_info) : outcome;
}
Outcome decide_converts_to_quantity(Machine& machine, const Op& op) {
  Value value;
  const Outcome outcome = convertible_input(machine, op, value);
  if (outcome != Outcome::yes) return outcome;
  std::optional<Quantity> quantity = to_quantity(value);
  std::string_view unit;
  const Outcome wanted = wanted_unit(machine, op, unit);
  if (wanted == Outcome::failed) return wanted;
  if (quantity && wanted == Outcome::yes) quantity = in_unit(machine, *quantity, unit);
  return outcome_of(quantity.has_value());
}

}  // namespace meridian::fhirpath::internal
