// Path selection: https://hl7.org/fhirpath/N1/#path-selection, and the indexer:
// https://hl7.org/fhirpath/N1/#index-integer-collection
#include <algorithm>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool fits(const Machine& machine, fhir::TypeId type, const Step& step) {
  if (step.only == fhir::TypeId::none || type == step.only) return true;
  return !step.is_exact && type != fhir::TypeId::none && machine.schema().is_a(type, step.only);
}

/// Pushes what the steps lead to from the node, until the stack is `full`. Goes depth first, which gives the order of
/// the document without making the collections in between. Recursion is as deep as there are steps. False: it is full,
/// or the machine has failed.
bool walk(Machine& machine, fhir::Node node, const Step* step, const Step* last, std::uint32_t full) {
  if (step == last) {
    return node.visit_items(step->name, [&](fhir::Node child) {
      if (!machine.charge(1)) [[unlikely]]
        return false;
      if (fits(machine, child.type(), *step)) machine.stack().push_node(child);
      return machine.stack().size() < full;
    });
  }
  return node.visit_items(step->name, [&](fhir::Node child) {
    if (!machine.charge(1)) [[unlikely]]
      return false;
    return !fits(machine, child.type(), *step) || walk(machine, child, step + 1, last, full);
  });
}

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

void walk_from(Machine& machine, const Value& value, const Step* first, const Step* last, std::uint32_t full) {
  if (value.is_node()) {
    if (first->name != fhir::NameId::none) walk(machine, value.node(), first, last, full);
  } else if (first == last && first->system_member != SystemMember::none) {
    const Value member = member_of_system(value, first->system_member);
    if (member) machine.push(member);
  }
}

}  // namespace

bool run_path(Machine& machine, const Op& op, Demand demand) {
  demand = std::min(demand, op.limit);
  const Step* const first = machine.plan().steps.data() + op.first;
  const Step* const last = first + op.count - 1;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (op.input == kNoOp) {
    const std::uint32_t full = demand > kAll - base ? kAll : base + demand;
    const Value* const items = machine.focus().items;
    const std::uint32_t count = machine.focus().count;
    for (std::uint32_t i = 0; i < count && stack.size() < full; ++i) walk_from(machine, items[i], first, last, full);
    return !machine.has_failed();
  }
  if (!machine.run(op.input, kAll)) return false;
  const std::uint32_t end = stack.size();
  if (end == base + 1) {
    const Value value = stack[base];
    stack.shrink(base);
    walk_from(machine, value, first, last, demand > kAll - base ? kAll : base + demand);
    return !machine.has_failed();
  }
  const std::uint32_t full = demand > kAll - end ? kAll : end + demand;
  for (std::uint32_t i = base; i < end && stack.size() < full; ++i) {
    const Value value = stack[i];
    walk_from(machine, value, first, last, full);
  }
  stack.erase(base, end);
  return !machine.has_failed();
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
