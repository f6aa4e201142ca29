// Literals, variables and $this. https://hl7.org/fhirpath/N1/#expressions,
// https://hl7.org/fhirpath/N1/#environment-variables
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool push_all(Machine& machine, const Collection& values) {
  if (!machine.charge(values.size())) return false;
  for (const Value& value : values) machine.push(value);
  return true;
}

}  // namespace

bool run_constant(Machine& machine, const Op& op, Demand /*demand*/) {
  return machine.push(op.constant);
}

Outcome decide_constant(Machine& /*machine*/, const Op& op) {
  return op.constant.type() == ValueType::boolean ? outcome_of(op.constant.boolean()) : Outcome::yes;
}

bool run_nothing(Machine& /*machine*/, const Op& /*op*/, Demand /*demand*/) {
  return true;
}

bool run_this_item(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return machine.push_focus();
}

bool run_index(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return machine.focus().index < 0 || machine.push_integer(machine.focus().index);
}

bool run_total(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return push_all(machine, machine.focus().total);
}

bool run_slot(Machine& machine, const Op& op, Demand /*demand*/) {
  return push_all(machine, machine.scratch().slots[op.number]);
}

bool run_variable(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::string& name = machine.plan().variables[op.number];
  for (const NamedValues& variable : machine.scratch().variables) {
    if (variable.name == name) return push_all(machine, variable.values);
  }
  return true;
}

bool run_resource(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  const fhir::Node node = machine.resource();
  return !node || machine.push(Value(node));
}

bool run_root_resource(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  const fhir::Node node = machine.root_resource();
  return !node || machine.push(Value(node));
}

bool run_context_item(Machine& machine, const Op& /*op*/, Demand /*demand*/) {
  return push_all(machine, machine.input());
}

// A part that does not depend on the item at hand: computed when first asked for, then kept for this evaluation.
bool run_memo(Machine& machine, const Op& op, Demand /*demand*/) {
  Scratch& scratch = machine.scratch();
  if (scratch.memos[op.number].evaluation != scratch.evaluation) {
    const std::uint32_t base = machine.stack().size();
    if (!machine.run(op.input, kAll)) return false;
    const std::uint32_t count = machine.stack().size() - base;
    const Collection kept = machine.keep(base);
    if (kept.size() != count) return false;
    scratch.memos[op.number] = {kept, scratch.evaluation};
    return true;
  }
  return push_all(machine, scratch.memos[op.number].values);
}

Outcome decide_memo(Machine& machine, const Op& op) {
  return decide_by_running(machine, op);
}

}  // namespace meridian::fhirpath::internal
