// Path selection: https://hl7.org/fhirpath/N1/#path-selection, and the indexer:
// https://hl7.org/fhirpath/N1/#index-integer-collection
#include <span>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool fits(const Machine& machine, fhir::TypeId type, const Step& step) {
  if (step.only == fhir::TypeId::none || type == step.only) return true;
  return !step.is_exact && type != fhir::TypeId::none && machine.schema().is_a(type, step.only);
}

/// Pushes what the steps lead to from the node, until the stack is `full`. Goes depth first, which gives the order of
/// the document without making the collections in between. Recursion is as deep as there are steps.
bool walk(Machine& machine, fhir::Node node, std::span<const Step> steps, std::uint32_t full) {
  const Step& step = steps.front();
  for (const fhir::Node child : node.children(step.name)) {
    if (!machine.charge(1)) return false;
    if (fits(machine, child.type(), step)) {
      if (steps.size() == 1) {
        machine.push(Value(child));
      } else if (!walk(machine, child, steps.subspan(1), full)) {
        return false;
      }
      if (machine.stack().size() >= full) return true;
    }
    // A member that is not an array stands alone: no need to look at the rest.
    if (!child.is_in_json_array()) break;
  }
  return true;
}

/// The members of values that are not nodes: of types and of quantities.
Value member_of_system(Machine& machine, const Value& value, SystemMember member) {
  if (value.type() == ValueType::type_info) {
    if (member == SystemMember::space) return Value::of_string(value.type_info().space);
    if (member == SystemMember::name) return Value::of_string(value.type_info().name);
  }
  if (value.type() == ValueType::quantity) {
    if (member == SystemMember::value) return Value::of_decimal(value.quantity().value);
    if (member == SystemMember::unit) return Value::of_string(value.quantity().unit);
  }
  static_cast<void>(machine);
  return {};
}

bool walk_from(Machine& machine, const Value& value, std::span<const Step> steps, std::uint32_t full) {
  if (value.is_node()) {
    return steps.front().name == fhir::NameId::none || walk(machine, value.node(), steps, full);
  }
  if (steps.size() == 1 && steps.front().system_member != SystemMember::none) {
    const Value member = member_of_system(machine, value, steps.front().system_member);
    if (member) machine.push(member);
  }
  return true;
}

}  // namespace

bool run_path(Machine& machine, const Op& op, Demand demand) {
  const std::span<const Step> steps(machine.plan().steps.data() + op.first, op.count);
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (op.input == kNoOp) {
    const std::uint32_t full = demand > kAll - base ? kAll : base + demand;
    const Focus focus = machine.focus();
    for (std::uint32_t i = 0; i < focus.count && stack.size() < full; ++i) {
      if (!walk_from(machine, focus.items[i], steps, full)) return false;
    }
    return true;
  }
  if (!machine.run(op.input, kAll)) return false;
  const std::uint32_t end = stack.size();
  const std::uint32_t full = demand > kAll - end ? kAll : end + demand;
  for (std::uint32_t i = base; i < end && stack.size() < full; ++i) {
    const Value value = stack[i];
    if (!walk_from(machine, value, steps, full)) return false;
  }
  stack.erase(base, end);
  return true;
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
