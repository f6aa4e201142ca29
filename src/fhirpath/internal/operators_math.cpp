// +, -, *, /, div, mod, & and the signs: https://hl7.org/fhirpath/N1/#math
//
// Overflow and division by zero give nothing, as the specification has it; operands of types that do not go together
// fail.
#include <cstring>
#include <limits>

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/quantities.hpp"
#include "units/unit.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// Both operands as System values; empty when either is.
Outcome operands(Machine& machine, const Op& op, Value& left, Value& right) {
  const Outcome first = machine.single_system(machine.operand(op, 0), left, op.label);
  if (first == Outcome::failed) return first;
  const Outcome second = machine.single_system(machine.operand(op, 1), right, op.label);
  if (second == Outcome::failed) return second;
  return first == Outcome::empty ? first : second;
}

bool unfit(Machine& machine, const Op& op, const Value& left, const Value& right) {
  return machine.fail(ErrorCode::unprocessable,
                      std::string(op.label) + " cannot be applied to " + type_name(left) + " and " + type_name(right));
}

bool push_integer(Machine& machine, const Value& left, const Value& right, std::int64_t result) {
  if (left.type() == ValueType::long_integer || right.type() == ValueType::long_integer)
    return machine.push(Value::of_long(result));
  return machine.push_integer(result);
}

bool push_decimal(Machine& machine, const Result<Decimal>& result) {
  return !result || machine.push(Value::of_decimal(*result));
}

bool push_quantity(Machine& machine, const Decimal& value, std::string_view unit, bool is_calendar) {
  return machine.push(Value::of_quantity(machine.keep(Quantity{value, unit, is_calendar})));
}

CalendarUnit base_unit(units::CalendarUnit unit) {
  return static_cast<CalendarUnit>(static_cast<unsigned>(unit));
}

// https://hl7.org/fhirpath/N1/#datetime-arithmetic
bool add_to_date(Machine& machine, const Op& op, const Value& left, const Value& right, bool subtract) {
  const Quantity& quantity = right.quantity();
  // 1. The unit is a calendar duration, or a UCUM unit of a week or less, which has the same length.
  const std::optional<units::CalendarUnit> unit = calendar_unit_of(quantity);
  const bool is_word = units::calendar_unit_of_word(quantity.unit).has_value();
  if (!unit || (!is_word && *unit < units::CalendarUnit::week)) {
    return machine.fail(ErrorCode::unprocessable,
                        std::string(op.label) + " on dates takes a calendar duration such as 3 days or 1 month");
  }
  const Decimal amount = subtract ? -quantity.value : quantity.value;
  // 2. A result outside of the years 1 to 9999 is nothing.
  if (left.type() == ValueType::date) {
    const Result<Date> date = add(left.date(), amount, base_unit(*unit));
    return !date || machine.push(Value::of_date(*date));
  }
  if (left.type() == ValueType::date_time) {
    const Result<DateTime> date_time = add(left.date_time(), amount, base_unit(*unit));
    return !date_time || machine.push(Value::of_date_time(*date_time));
  }
  const Result<Time> time = add(left.time(), amount, base_unit(*unit));
  if (!time && time.error().code() == ErrorCode::invalid_argument)
    return machine.fail(ErrorCode::unprocessable, time.error().message());
  return !time || machine.push(Value::of_time(*time));
}

bool is_temporal(const Value& value) {
  return value.type() == ValueType::date || value.type() == ValueType::date_time || value.type() == ValueType::time;
}

/// The result has the unit of the left side. A number beside a quantity is one of the unit 1.
bool add_quantities(Machine& machine, const Quantity& a, const Quantity& b, bool subtract) {
  Decimal value_a;
  Decimal value_b;
  if (in_common_unit(a, b, false, value_a, value_b) != Units::same) return true;
  const Result<Decimal> sum = add(value_a, subtract ? -value_b : value_b);
  if (!sum) return true;
  if (value_a == a.value) return push_quantity(machine, *sum, a.unit, a.is_calendar);
  return push_quantity(machine, *sum, "month", true);  // years were turned into months
}

bool add_or_subtract(Machine& machine, const Op& op, bool subtract_right) {
  Value left;
  Value right;
  const Outcome outcome = operands(machine, op, left, right);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (is_integer(left) && is_integer(right)) {
    std::int64_t result = 0;
    const bool overflow = subtract_right ? __builtin_sub_overflow(left.integer(), right.integer(), &result)
                                         : __builtin_add_overflow(left.integer(), right.integer(), &result);
    return overflow || push_integer(machine, left, right, result);
  }
  if (is_number(left) && is_number(right)) {
    const Decimal b = number_of(right);
    return push_decimal(machine, add(number_of(left), subtract_right ? -b : b));
  }
  if (is_temporal(left) && right.type() == ValueType::quantity)
    return add_to_date(machine, op, left, right, subtract_right);
  if ((left.type() == ValueType::quantity || is_number(left)) &&
      (right.type() == ValueType::quantity || is_number(right))) {
    return add_quantities(machine, *to_quantity(left), *to_quantity(right), subtract_right);
  }
  if (!subtract_right && left.type() == ValueType::string && right.type() == ValueType::string) {
    char* text = machine.take_text(left.string().size() + right.string().size());
    if (text == nullptr) return false;
    std::memcpy(text, left.string().data(), left.string().size());
    std::memcpy(text + left.string().size(), right.string().data(), right.string().size());
    return machine.push(Value::of_string({text, left.string().size() + right.string().size()}));
  }
  return unfit(machine, op, left, right);
}

bool scale_quantity(Machine& machine, const Op& op, const Value& left, const Value& right, bool is_division) {
  const std::optional<Quantity> a = to_quantity(left);
  const std::optional<Quantity> b = to_quantity(right);
  if (!a || !b || left.type() == ValueType::boolean || right.type() == ValueType::boolean)
    return unfit(machine, op, left, right);
  const Result<Decimal> value = is_division ? divide(a->value, b->value) : multiply(a->value, b->value);
  if (!value) return true;
  if (b->unit == "1") return push_quantity(machine, *value, a->unit, a->is_calendar);
  if (a->unit == "1" && !is_division) return push_quantity(machine, *value, b->unit, b->is_calendar);
  auto ucum = [](const Quantity& quantity) {
    const auto calendar = units::calendar_unit_of_word(quantity.unit);
    return units::Unit::parse(calendar ? units::ucum_code(*calendar) : quantity.unit);
  };
  const Result<units::Unit> unit_a = ucum(*a);
  const Result<units::Unit> unit_b = ucum(*b);
  if (!unit_a || !unit_b) return true;
  if (is_division && unit_a->canonical_code() == unit_b->canonical_code())
    return push_quantity(machine, *value, "1", false);
  const Result<units::Unit> unit = is_division ? units::divide(*unit_a, *unit_b) : units::multiply(*unit_a, *unit_b);
  if (!unit) return true;
  return push_quantity(machine, *value, machine.keep(std::string_view(unit->code())), false);
}

bool whole_division(Machine& machine, const Op& op, bool wants_rest) {
  Value left;
  Value right;
  const Outcome outcome = operands(machine, op, left, right);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (is_integer(left) && is_integer(right)) {
    if (right.integer() == 0) return true;
    if (right.integer() == -1) {
      if (wants_rest) return push_integer(machine, left, right, 0);
      return left.integer() == std::numeric_limits<std::int64_t>::min() ||
             push_integer(machine, left, right, -left.integer());
    }
    return push_integer(machine, left, right,
                        wants_rest ? left.integer() % right.integer() : left.integer() / right.integer());
  }
  if (!is_number(left) || !is_number(right)) return unfit(machine, op, left, right);
  if (wants_rest) return push_decimal(machine, remainder(number_of(left), number_of(right)));
  const Result<Decimal> quotient = integer_quotient(number_of(left), number_of(right));
  if (!quotient) return true;
  const Result<std::int64_t> whole = quotient->to_int64();
  return !whole || machine.push_integer(*whole);
}

}  // namespace

bool run_add(Machine& machine, const Op& op, Demand /*demand*/) {
  return add_or_subtract(machine, op, false);
}

bool run_subtract(Machine& machine, const Op& op, Demand /*demand*/) {
  return add_or_subtract(machine, op, true);
}

bool run_multiply(Machine& machine, const Op& op, Demand /*demand*/) {
  Value left;
  Value right;
  const Outcome outcome = operands(machine, op, left, right);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (is_integer(left) && is_integer(right)) {
    std::int64_t result = 0;
    return __builtin_mul_overflow(left.integer(), right.integer(), &result) ||
           push_integer(machine, left, right, result);
  }
  if (is_number(left) && is_number(right)) return push_decimal(machine, multiply(number_of(left), number_of(right)));
  return scale_quantity(machine, op, left, right, false);
}

// Always a decimal: 4 / 2 is 2.0.
bool run_divide(Machine& machine, const Op& op, Demand /*demand*/) {
  Value left;
  Value right;
  const Outcome outcome = operands(machine, op, left, right);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (is_number(left) && is_number(right)) return push_decimal(machine, divide(number_of(left), number_of(right)));
  return scale_quantity(machine, op, left, right, true);
}

bool run_div(Machine& machine, const Op& op, Demand /*demand*/) {
  return whole_division(machine, op, false);
}

bool run_mod(Machine& machine, const Op& op, Demand /*demand*/) {
  return whole_division(machine, op, true);
}

// https://hl7.org/fhirpath/N1/#-string-concatenation: an empty side counts as ''.
bool run_concatenate(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  std::size_t size = 0;
  for (std::uint32_t i = 0; i < op.count; ++i) {
    std::string_view part;
    if (machine.single_string(machine.operand(op, i), part, op.label) == Outcome::failed) return false;
    size += part.size();
    stack.push(Value::of_string(part));
  }
  char* const text = machine.take_text(size);
  if (text == nullptr) return false;
  char* to = text;
  for (std::uint32_t i = base; i < base + op.count; ++i) {
    const std::string_view part = stack[i].string();
    if (!part.empty()) std::memcpy(to, part.data(), part.size());
    to += part.size();
  }
  stack.shrink(base);
  return machine.push(Value::of_string({text, size}));
}

bool run_negate(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  switch (value.type()) {
    case ValueType::integer:
      return machine.push_integer(-value.integer());
    case ValueType::long_integer:
      return value.integer() == std::numeric_limits<std::int64_t>::min() ||
             machine.push(Value::of_long(-value.integer()));
    case ValueType::decimal:
      return machine.push(Value::of_decimal(-value.decimal()));
    case ValueType::quantity:
      return push_quantity(machine, -value.quantity().value, value.quantity().unit, value.quantity().is_calendar);
    default:
      return machine.fail(ErrorCode::unprocessable, "the sign - cannot be applied to " + type_name(value));
  }
}

bool run_plus(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  if (is_number(value) || value.type() == ValueType::quantity) return machine.push(value);
  return machine.fail(ErrorCode::unprocessable, "the sign + cannot be applied to " + type_name(value));
}

}  // namespace meridian::fhirpath::internal
