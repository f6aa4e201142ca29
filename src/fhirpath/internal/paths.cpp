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

/// What one item leads to. Values that are not nodes have members only where the path ends.
template <PathKind kind>
[[gnu::always_inline]] inline void from_item(Machine& machine, const Op& op, const PathWalk& walk, const Value& item,
                                             PushLeaf& leaf) {
  if (item.is_node()) {
    if (op.is_node_path) walk.from<kind>(item.node(), leaf);
    return;
  }
  const Step& step = machine.plan().steps[op.first];
  if (op.count != 1 || step.system_member == SystemMember::none) return;
  const Value member = member_of_system(item, step.system_member);
  if (member) leaf.take(member);
}

template <PathKind kind>
[[gnu::noinline]] bool run_path_of(Machine& machine, const Op& op, Demand demand) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  const PathWalk walk(machine.plan(), op);
  if (op.input == kNoOp) {
    const Value* const items = machine.focus().items;
    const std::uint32_t count = machine.focus().count;
    PushLeaf leaf(stack, demand);
    for (std::uint32_t i = 0; i < count && leaf.wanted != 0; ++i) from_item<kind>(machine, op, walk, items[i], leaf);
    leaf.settle();
    return machine.charge(leaf.looked);
  }
  if (!machine.run(op.input, kAll)) return false;
  const std::uint32_t end = stack.size();
  PushLeaf leaf(stack, demand);
  for (std::uint32_t i = base; i < end && leaf.wanted != 0; ++i) from_item<kind>(machine, op, walk, stack[i], leaf);
  leaf.settle();
  stack.erase(base, end);
  return machine.charge(leaf.looked);
}

}  // namespace

bool run_path(Machine& machine, const Op& op, Demand demand) {
  demand = std::min(demand, op.limit);
  if (demand == 0) return true;
  return with_kind_of(op, [&](auto kind) { return run_path_of<kind()>(machine, op, demand); });
}

namespace {

// Nothing but steps from a node: no machine is needed, and the document bounds the work.
template <PathKind kind>
Collection follow(const Plan& plan, fhir::Node input, ValueStack& stack) {
  const Op& path = plan.ops[plan.root];
  stack.shrink(0);
  PushLeaf leaf(stack, path.limit);
  PathWalk(plan, path).from<kind>(input, leaf);
  leaf.settle();
  return {stack.data(), static_cast<std::size_t>(leaf.room.next - stack.data())};
}

}  // namespace

FollowPath follow_path_of(const Op& path) {
  return with_kind_of(path, [](auto kind) -> FollowPath { return follow<kind()>; });
}

Found found_first(Machine& machine, const Op& op, Demand demand) {
  return with_kind_of(op, [&](auto kind) {
    FirstLeaf leaf(std::min(demand, op.limit));
    PathWalk(machine.plan(), op).from<kind()>(machine.focus().items[0].node(), leaf);
    return Found{leaf.first, leaf.count, machine.charge(leaf.looked + 1)};
  });
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
