// https://hl7.org/fhirpath/N1/#tree-navigation. The order is that of the document, which the specification leaves open.
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool push_children(Machine& machine, fhir::Node node) {
  for (const fhir::Node child : node.children()) {
    if (!machine.charge(1)) return false;
    machine.push(Value(child));
  }
  return true;
}

/// Depth first. As deep as the document, which its parser bounds.
bool push_descendants(Machine& machine, fhir::Node node) {
  for (const fhir::Node child : node.children()) {
    if (!machine.charge(1)) return false;
    machine.push(Value(child));
    if (!push_descendants(machine, child)) return false;
  }
  return true;
}

template <typename Push>
bool for_input(Machine& machine, const Op& op, Push push) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  for (std::uint32_t i = base; i < end; ++i) {
    const Value value = stack[i];
    if (value.is_node() && !push(machine, value.node())) return false;
  }
  stack.erase(base, end);
  return true;
}

}  // namespace

bool run_children(Machine& machine, const Op& op, Demand /*demand*/) {
  return for_input(machine, op, push_children);
}

bool run_descendants(Machine& machine, const Op& op, Demand /*demand*/) {
  return for_input(machine, op, push_descendants);
}

}  // namespace meridian::fhirpath::internal
