// Path selection: https://hl7.org/fhirpath/N1/#path-selection, and the indexer:
// https://hl7.org/fhirpath/N1/#index-integer-collection
#include <algorithm>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/path_walk.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// The members of values that are not nodes: of types and of quantities.
Value member_of_system(const Value& value, SystemMember member) {
  if (value.type() == ValueType::type_info) {
    if (member == SystemMember::space) return Value::of_string(value.type_info().space);
    if (member == SystemMember::name) return Value::of_string(value.type_info().name);
  }
  if (value.type() == ValueType::quantity) {
    if (member == SystemMember::value) return Value::of_decimal(value.quantity().value);
    if (member == SystemMember::unit) return Value::of_string(value.quantity().unit);
  }
  return {};
}

}  // namespace

void PathWalk::from(const Value& value, const Step* step) {
  if (value.is_node()) {
    if (step->name != fhir::NameId::none) from(value.node(), step);
  } else if (step == last_ && step->system_member != SystemMember::none) {
    const Value member = member_of_system(value, step->system_member);
    if (member) stack_.push(member);
  }
}

bool run_path(Machine& machine, const Op& op, Demand demand) {
  demand = std::min(demand, op.limit);
  const Step* const first = machine.plan().steps.data() + op.first;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (op.input == kNoOp) {
    PathWalk walk(machine.plan(), op, stack, demand);
    const Value* const items = machine.focus().items;
    const std::uint32_t count = machine.focus().count;
    for (std::uint32_t i = 0; i < count && !walk.is_full(); ++i) walk.from(items[i], first);
    return machine.charge(walk.looked());
  }
  if (!machine.run(op.input, kAll)) return false;
  const std::uint32_t end = stack.size();
  if (end == base + 1) {
    const Value value = stack[base];
    stack.shrink(base);
    PathWalk walk(machine.plan(), op, stack, demand);
    walk.from(value, first);
    return machine.charge(walk.looked());
  }
  PathWalk walk(machine.plan(), op, stack, demand);
  for (std::uint32_t i = base; i < end && !walk.is_full(); ++i) {
    const Value value = stack[i];
    walk.from(value, first);
  }
  stack.erase(base, end);
  return machine.charge(walk.looked());
}

bool run_indexer(Machine& machine, const Op& op, Demand /*demand*/) {
  std::int64_t index = 0;
  const Outcome outcome = machine.single_integer(machine.operand(op, 0), index, "the index");
  if (outcome == Outcome::failed) return false;
  if (outcome == Outcome::empty || index < 0 || index >= kAll) return true;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, static_cast<Demand>(index + 1))) return false;
  if (stack.size() - base <= static_cast<std::uint64_t>(index)) {
    stack.shrink(base);
    return true;
  }
  stack[base] = stack[base + static_cast<std::uint32_t>(index)];
  stack.shrink(base + 1);
  return true;
}

// A path that begins with the name of a type: `Patient.name` asked of a Patient is `name`, of a Person nothing.
bool run_root_filter(Machine& machine, const Op& op, Demand /*demand*/) {
  const TypeTest& test = machine.plan().tests[op.number];
  const Focus focus = machine.focus();
  for (std::uint32_t i = 0; i < focus.count; ++i) {
    if (is_of(machine, focus.items[i], test)) machine.push(focus.items[i]);
  }
  return true;
}

}  // namespace meridian::fhirpath::internal
