// =, !=, ~, !~: https://hl7.org/fhirpath/N1/#equality
#include <algorithm>

#include "fhirpath/internal/compare.hpp"
#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

Outcome negated(Outcome outcome) {
  if (outcome == Outcome::yes) return Outcome::no;
  return outcome == Outcome::no ? Outcome::yes : outcome;
}

}  // namespace

// https://hl7.org/fhirpath/N1/#equals
Outcome decide_equal(Machine& machine, const Op& op) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  // 1. Either side empty: empty.
  if (!machine.run(machine.operand(op, 0), kAll)) return Outcome::failed;
  const std::uint32_t middle = stack.size();
  if (middle == base) return Outcome::empty;
  if (!machine.run(machine.operand(op, 1), kAll)) return Outcome::failed;
  const std::uint32_t end = stack.size();
  Outcome outcome = Outcome::yes;
  if (middle == end) {
    outcome = Outcome::empty;
  } else if (middle - base != end - middle) {
    // 2. Another number of items: false.
    outcome = Outcome::no;
  } else {
    // 3. Item by item, in order.
    for (std::uint32_t i = 0; i < middle - base && outcome == Outcome::yes; ++i) {
      if (!machine.charge(1)) return Outcome::failed;
      const Value left = stack[base + i];
      const Value right = stack[middle + i];
      outcome = equal(machine, left, right);
    }
  }
  stack.shrink(base);
  return outcome;
}

Outcome decide_not_equal(Machine& machine, const Op& op) {
  return negated(decide_equal(machine, op));
}

// https://hl7.org/fhirpath/N1/#equivalent: order does not count.
Outcome decide_equivalent(Machine& machine, const Op& op) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run(machine.operand(op, 0), kAll)) return Outcome::failed;
  const std::uint32_t middle = stack.size();
  if (!machine.run(machine.operand(op, 1), kAll)) return Outcome::failed;
  std::uint32_t end = stack.size();
  Outcome outcome = outcome_of(middle - base == end - middle);
  for (std::uint32_t i = base; i < middle && outcome == Outcome::yes; ++i) {
    outcome = Outcome::no;
    for (std::uint32_t j = middle; j < end && outcome == Outcome::no; ++j) {
      if (!machine.charge(1)) return Outcome::failed;
      const Value left = stack[i];
      const Value right = stack[j];
      outcome = equivalent(machine, left, right);
      if (outcome == Outcome::yes) stack[j] = stack[--end];
    }
  }
  if (outcome != Outcome::failed) stack.shrink(base);
  return outcome;
}

Outcome decide_not_equivalent(Machine& machine, const Op& op) {
  return negated(decide_equivalent(machine, op));
}

// `system = 'phone'`: a path of texts that gives at most one, beside a constant. Made by the compiler.
Outcome decide_path_equals_text(Machine& machine, const Op& op) {
  const auto is_equal = [&op](fhir::Node node) {
    return outcome_of(node.text() == op.constant.string() && node.has_value());
  };
  if (machine.starts_at_node(op.input)) {
    const Found found = found_first(machine, machine.op(op.input), 2);
    if (!found.is_within_limits) return Outcome::failed;
    if (found.count == 0) return Outcome::empty;
    return found.count > 1 ? Outcome::no : is_equal(found.first);
  }
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run(op.input, 2)) return Outcome::failed;
  const std::uint32_t count = stack.size() - base;
  if (count == 0) return Outcome::empty;
  const fhir::Node node = stack[base].node();
  stack.shrink(base);
  return count > 1 ? Outcome::no : is_equal(node);
}

}  // namespace meridian::fhirpath::internal
