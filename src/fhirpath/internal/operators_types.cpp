// is, as, ofType(): https://hl7.org/fhirpath/N1/#types
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

bool is_of(Machine& machine, const Value& value, const TypeTest& test) {
  if (!value.is_node()) return test.system != ValueType::none && value.type() == test.system;
  const fhir::TypeId type = value.node().type();
  if (type == fhir::TypeId::none || test.node == fhir::TypeId::none) return false;
  return type == test.node || (!test.is_exact && machine.schema().is_a(type, test.node));
}

// https://hl7.org/fhirpath/N1/#is-type-specifier
Outcome decide_is(Machine& machine, const Op& op) {
  Value value;
  const Outcome outcome = machine.single_input(op, value);
  if (outcome != Outcome::yes) return outcome;
  return outcome_of(is_of(machine, value, machine.plan().tests[op.number]));
}

// https://hl7.org/fhirpath/N1/#as-type-specifier
bool run_as(Machine& machine, const Op& op, Demand /*demand*/) {
  Value value;
  const Outcome outcome = machine.single_input(op, value);
  if (outcome == Outcome::failed) return false;
  if (outcome == Outcome::yes && is_of(machine, value, machine.plan().tests[op.number])) machine.push(value);
  return true;
}

// https://hl7.org/fhirpath/N1/#oftypetype-type-specifier-collection
bool run_of_type(Machine& machine, const Op& op, Demand demand) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const TypeTest& test = machine.plan().tests[op.number];
  std::uint32_t kept = base;
  for (std::uint32_t i = base; i < stack.size() && kept - base < demand; ++i) {
    if (!machine.charge(1)) return false;
    if (is_of(machine, stack[i], test)) stack[kept++] = stack[i];
  }
  stack.shrink(kept);
  return true;
}

}  // namespace meridian::fhirpath::internal
