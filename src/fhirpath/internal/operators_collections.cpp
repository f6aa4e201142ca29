// |, in, contains: https://hl7.org/fhirpath/N1/#collections-2
#include "fhirpath/internal/compare.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

Outcome is_member(Machine& machine, std::uint32_t item_op, std::uint32_t collection_op, std::string_view what) {
  Value item;
  // 1. Left side empty: empty. 2. Right side empty: false.
  const Outcome outcome = machine.single(item_op, item, what);
  if (outcome != Outcome::yes) return outcome;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run(collection_op, kAll)) return Outcome::failed;
  const Outcome found = found_among(machine, item, base, stack.size());
  if (found != Outcome::failed) stack.shrink(base);
  return found;
}

}  // namespace

Outcome found_among(Machine& machine, const Value& value, std::uint32_t first, std::uint32_t last) {
  for (std::uint32_t i = first; i < last; ++i) {
    if (!machine.charge(1)) return Outcome::failed;
    const Value candidate = machine.stack()[i];
    const Outcome outcome = equal(machine, value, candidate);
    if (outcome == Outcome::yes || outcome == Outcome::failed) return outcome;
  }
  return Outcome::no;
}

// https://hl7.org/fhirpath/N1/#in-membership
Outcome decide_in(Machine& machine, const Op& op) {
  return is_member(machine, machine.operand(op, 0), machine.operand(op, 1), op.label);
}

// https://hl7.org/fhirpath/N1/#contains-containership
Outcome decide_contains(Machine& machine, const Op& op) {
  return is_member(machine, machine.operand(op, 1), machine.operand(op, 0), op.label);
}

// https://hl7.org/fhirpath/N1/#-union-collections: no duplicates; the order is that of the parts.
bool run_union(Machine& machine, const Op& op, Demand demand) {
  const std::uint32_t base = machine.stack().size();
  for (std::uint32_t i = 0; i < op.count; ++i) {
    // One item of any part is enough for whoever wants one.
    if (demand == 1 && machine.stack().size() > base) return true;
    if (!machine.run(machine.operand(op, i), demand == 1 ? 1 : kAll)) return false;
  }
  return keep_distinct(machine, base);
}

}  // namespace meridian::fhirpath::internal
