// https://hl7.org/fhirpath/N1/#utility-functions, https://hl7.org/fhirpath/N1/#aggregates, type():
// https://hl7.org/fhirpath/N1/#reflection
#include <array>

#include "base/clock.hpp"
#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/ports.hpp"

namespace meridian::fhirpath::internal {

// https://hl7.org/fhirpath/N1/#tracename--string--projection-expression--collection
bool run_trace(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  std::string_view name;
  if (machine.single_string(machine.operand(op, 0), name, "the name of trace()") == Outcome::failed) return false;
  if (machine.trace_sink() == nullptr) return true;
  if (op.count == 1) {
    machine.trace_sink()->trace(name, Collection(stack.data() + base, end - base));
    return true;
  }
  {
    FocusScope scope(machine);
    for (std::uint32_t i = base; i < end; ++i) {
      scope.set(stack[i], i - base);
      if (!machine.run(machine.operand(op, 1), kAll)) return false;
    }
  }
  machine.trace_sink()->trace(name, Collection(stack.data() + end, stack.size() - end));
  stack.shrink(end);
  return true;
}

// https://hl7.org/fhirpath/N1/#current-date-and-time-functions: the same throughout one evaluation.
const DateTime& Machine::now() {
  if (!now_known_) {
    const Clock& clock = context_.clock_ != nullptr ? *context_.clock_ : system_clock();
    const Result<UtcOffset> offset = UtcOffset::of(context_.utc_offset_minutes_);
    context_.scratch_->now = DateTime::at(clock.now(), offset.value_or(UtcOffset()));
    now_known_ = true;
  }
  return context_.scratch_->now;
}

bool run_now(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return machine.push(Value::of_date_time(machine.now()));
}
bool run_today(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return machine.push(Value::of_date(machine.now().date()));
}
bool run_time_of_day(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return machine.push(Value::of_time(machine.now().time()));
}

// https://build.fhir.org/ig/HL7/FHIRPath/#definevariable: the compiler gave the variable a slot and its scope.
bool run_define_variable(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  if (op.count == 0) {
    const Collection kept = machine.keep(base);
    if (kept.size() != end - base) return false;
    machine.scratch().slots[op.number] = kept;
    return true;
  }
  FocusScope scope(machine);
  // The expression is evaluated on the input as a whole.
  const Collection input = machine.keep(base);
  if (input.size() != end - base) return false;
  machine.focus().items = input.begin();
  machine.focus().count = static_cast<std::uint32_t>(input.size());
  if (!machine.run(machine.operand(op, 0), kAll)) return false;
  const Collection kept = machine.keep(end);
  if (kept.size() != stack.size() - end) return false;
  machine.scratch().slots[op.number] = kept;
  stack.shrink(end);
  return true;
}

// https://hl7.org/fhirpath/N1/#aggregateaggregator--expression--init--value--value
bool run_aggregate(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  Collection total;
  if (op.count > 1) {
    if (!machine.run(machine.operand(op, 1), kAll)) return false;
    total = machine.keep(end);
    if (total.size() != stack.size() - end) return false;
    stack.shrink(end);
  }
  {
    FocusScope scope(machine);
    for (std::uint32_t i = base; i < end; ++i) {
      scope.set(stack[i], i - base);
      machine.focus().total = total;
      if (!machine.run(machine.operand(op, 0), kAll)) return false;
      total = machine.keep(end);
      if (total.size() != stack.size() - end) return false;
      stack.shrink(end);
    }
  }
  stack.shrink(base);
  for (const Value& value : total) stack.push(value);
  return true;
}

// https://hl7.org/fhirpath/N1/#reflection
bool run_type(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  for (std::uint32_t i = base; i < stack.size(); ++i) {
    if (!machine.charge(1)) return false;
    TypeName name{"System", system_name(stack[i].type())};
    if (stack[i].is_node()) {
      const fhir::TypeId type = stack[i].node().type();
      name = {"FHIR", type == fhir::TypeId::none ? std::string_view() : machine.schema().type(type).name};
    }
    char* const at = machine.take_text(sizeof(TypeName));
    if (at == nullptr) return false;
    stack[i] = Value::of_type(new (at) TypeName(name));
  }
  return true;
}

namespace {

enum class Part : std::uint8_t { year, month, day, hour, minute, second, millisecond, offset, date, time };
constexpr std::array<std::string_view, 10> kParts{"yearOf",   "monthOf",  "dayOf",         "hourOf",
                                                  "minuteOf", "secondOf", "millisecondOf", "timezoneOffsetOf",
                                                  "dateOf",   "timeOf"};

bool push_time_part(Machine& machine, const Time& time, Part part) {
  switch (part) {
    case Part::hour:
      return machine.push_integer(time.hour());
    case Part::minute:
      return time.precision() < Precision::minute || machine.push_integer(time.minute());
    case Part::second:
      return time.precision() < Precision::second || machine.push_integer(time.second());
    case Part::millisecond:
      return time.precision() < Precision::fraction || machine.push_integer(time.microsecond() / 1000);
    default:
      return true;
  }
}

}  // namespace

// https://build.fhir.org/ig/HL7/FHIRPath/#extract-date-datetime-time-components
bool run_date_part(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = machine.single_system_input(op, value);
  if (outcome != Outcome::yes) return outcome == Outcome::empty;
  const auto part = static_cast<Part>(op.number);
  if (value.type() == ValueType::time) return push_time_part(machine, value.time(), part);
  if (value.type() != ValueType::date && value.type() != ValueType::date_time) {
    return machine.fail(ErrorCode::unprocessable,
                        std::string(kParts[op.number]) + "() needs a date or time, not " + type_name(value));
  }
  const DateTime date_time = *to_date_time(value);
  const Date& date = date_time.date();
  switch (part) {
    case Part::year:
      return machine.push_integer(date.year());
    case Part::month:
      return date.month() == 0 || machine.push_integer(date.month());
    case Part::day:
      return date.day() == 0 || machine.push_integer(date.day());
    case Part::date:
      return machine.push(Value::of_date(date));
    case Part::time:
      return !date_time.has_time() || machine.push(Value::of_time(date_time.time()));
    case Part::offset: {
      if (!date_time.offset()) return true;
      const Result<Decimal> hours = divide(Decimal(date_time.offset()->minutes()), Decimal(60));
      return !hours || machine.push(Value::of_decimal(*hours));
    }
    default:
      return !date_time.has_time() || push_time_part(machine, date_time.time(), part);
  }
}

}  // namespace meridian::fhirpath::internal
