// https://hl7.org/fhirpath/N1/#subsetting
#include <algorithm>

#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

// https://hl7.org/fhirpath/N1/#single--collection
bool run_single(Machine& machine, const Op& op, Demand /*demand*/) {
  Value item;
  const Outcome outcome = machine.single_input(op, item);
  if (outcome == Outcome::yes) machine.push(item);
  return outcome != Outcome::failed;
}

// https://hl7.org/fhirpath/N1/#first--collection
bool run_first(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::uint32_t base = machine.stack().size();
  if (!machine.run_input(op, 1)) return false;
  if (machine.stack().size() > base + 1) machine.stack().shrink(base + 1);
  return true;
}

// https://hl7.org/fhirpath/N1/#last--collection
bool run_last(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  if (stack.size() > base + 1) stack.erase(base, stack.size() - 1);
  return true;
}

// https://hl7.org/fhirpath/N1/#tail--collection
bool run_tail(Machine& machine, const Op& op, Demand demand) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, demand == kAll ? kAll : demand + 1)) return false;
  if (stack.size() > base) stack.erase(base, base + 1);
  return true;
}

// https://hl7.org/fhirpath/N1/#skipnum--integer--collection
bool run_skip(Machine& machine, const Op& op, Demand /*demand*/) {
  std::int64_t number = 0;
  const Outcome outcome = machine.single_integer(machine.operand(op, 0), number, "the number of skip()");
  if (outcome == Outcome::failed) return false;
  if (outcome == Outcome::empty) return true;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::int64_t count = stack.size() - base;
  stack.erase(base, base + static_cast<std::uint32_t>(std::clamp<std::int64_t>(number, 0, count)));
  return true;
}

// https://hl7.org/fhirpath/N1/#takenum--integer--collection
bool run_take(Machine& machine, const Op& op, Demand /*demand*/) {
  std::int64_t number = 0;
  const Outcome outcome = machine.single_integer(machine.operand(op, 0), number, "the number of take()");
  if (outcome == Outcome::failed) return false;
  if (outcome == Outcome::empty || number <= 0) return true;
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, static_cast<Demand>(std::min<std::int64_t>(number, kAll)))) return false;
  if (stack.size() - base > static_cast<std::uint64_t>(number)) stack.shrink(base + static_cast<std::uint32_t>(number));
  return true;
}

namespace {

/// Keeps the input's items that are, or are not, among the argument's.
bool keep_those(Machine& machine, const Op& op, Outcome wanted) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t middle = stack.size();
  if (!machine.run(machine.operand(op, 0), kAll)) return false;
  const std::uint32_t end = stack.size();
  std::uint32_t kept = base;
  for (std::uint32_t i = base; i < middle; ++i) {
    const Value item = stack[i];
    const Outcome found = found_among(machine, item, middle, end);
    if (found == Outcome::failed) return false;
    if (found == wanted) stack[kept++] = item;
  }
  stack.shrink(kept);
  return true;
}

}  // namespace

// https://hl7.org/fhirpath/N1/#intersectother-collection--collection: no duplicates.
bool run_intersect(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::uint32_t base = machine.stack().size();
  return keep_those(machine, op, Outcome::yes) && keep_distinct(machine, base);
}

// https://hl7.org/fhirpath/N1/#excludeother-collection--collection: duplicates stay.
bool run_exclude(Machine& machine, const Op& op, Demand /*demand*/) {
  return keep_those(machine, op, Outcome::no);
}

}  // namespace meridian::fhirpath::internal
