// https://hl7.org/fhirpath/N1/#existence
#include <vector>

#include "fhirpath/internal/compare.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// Whether the input has any item; stops at the first.
Outcome has_any(Machine& machine, const Op& op) {
  if (op.input == kNoOp) return outcome_of(machine.focus().count > 0);
  if (machine.starts_at_node(op.input)) {
    const Found found = found_first(machine, machine.op(op.input), 1);
    return found.is_within_limits ? outcome_of(found.count > 0) : Outcome::failed;
  }
  const std::uint32_t base = machine.stack().size();
  if (!machine.run(op.input, 1)) return Outcome::failed;
  const bool any = machine.stack().size() > base;
  machine.stack().shrink(base);
  return outcome_of(any);
}

/// Whether the criterion gives `wanted` for any item of the input.
Outcome any_item(Machine& machine, const Op& op, bool wanted) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return Outcome::failed;
  const std::uint32_t end = stack.size();
  FocusScope scope(machine);
  for (std::uint32_t i = base; i < end; ++i) {
    scope.set(stack[i], i - base);
    const Outcome outcome = machine.decide(machine.operand(op, 0));
    if (outcome == Outcome::failed) return outcome;
    if ((outcome == Outcome::yes) == wanted) {
      stack.shrink(base);
      return Outcome::yes;
    }
  }
  stack.shrink(base);
  return Outcome::no;
}

/// Whether any item of a collection of booleans is `wanted`; other items fail.
Outcome any_boolean(Machine& machine, const Op& op, bool wanted) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return Outcome::failed;
  Outcome found = Outcome::no;
  for (std::uint32_t i = base; i < stack.size(); ++i) {
    if (!machine.charge(1)) return Outcome::failed;
    const Value item = stack[i];
    const bool is_boolean =
        item.type() == ValueType::boolean || (item.is_node() && item.node().value_kind() == fhir::ValueKind::boolean);
    if (!is_boolean)
      return machine.failed(ErrorCode::unprocessable,
                            std::string(op.label) + " needs booleans, not " + type_name(item));
    const bool value = item.is_node() ? item.node().text() == "true" : item.boolean();
    if (value == wanted) found = Outcome::yes;
  }
  stack.shrink(base);
  return found;
}

Outcome negated(Outcome outcome) {
  if (outcome == Outcome::failed) return outcome;
  return outcome_of(outcome == Outcome::no);
}

/// Whether each item of [first, middle) is among [middle, last).
Outcome all_among(Machine& machine, std::uint32_t first, std::uint32_t middle, std::uint32_t last) {
  for (std::uint32_t i = first; i < middle; ++i) {
    const Value item = machine.stack()[i];
    const Outcome found = found_among(machine, item, middle, last);
    if (found != Outcome::yes) return found;
  }
  return Outcome::yes;
}

}  // namespace

// https://hl7.org/fhirpath/N1/#empty--boolean
Outcome decide_empty(Machine& machine, const Op& op) {
  return negated(has_any(machine, op));
}

// https://hl7.org/fhirpath/N1/#existscriteria--expression--boolean
Outcome decide_exists(Machine& machine, const Op& op) {
  return op.count == 0 ? has_any(machine, op) : any_item(machine, op, true);
}

// https://hl7.org/fhirpath/N1/#allcriteria--expression--boolean
Outcome decide_all(Machine& machine, const Op& op) {
  return negated(any_item(machine, op, false));
}

// https://hl7.org/fhirpath/N1/#alltrue--boolean and its three relatives
Outcome decide_all_true(Machine& machine, const Op& op) {
  return negated(any_boolean(machine, op, false));
}
Outcome decide_any_true(Machine& machine, const Op& op) {
  return any_boolean(machine, op, true);
}
Outcome decide_all_false(Machine& machine, const Op& op) {
  return negated(any_boolean(machine, op, true));
}
Outcome decide_any_false(Machine& machine, const Op& op) {
  return any_boolean(machine, op, false);
}

// https://hl7.org/fhirpath/N1/#subsetofother--collection--boolean
Outcome decide_subset_of(Machine& machine, const Op& op) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return Outcome::failed;
  const std::uint32_t middle = stack.size();
  if (!machine.run(machine.operand(op, 0), kAll)) return Outcome::failed;
  const Outcome outcome = all_among(machine, base, middle, stack.size());
  if (outcome != Outcome::failed) stack.shrink(base);
  return outcome;
}

// https://hl7.org/fhirpath/N1/#supersetofother--collection--boolean
Outcome decide_superset_of(Machine& machine, const Op& op) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run(machine.operand(op, 0), kAll)) return Outcome::failed;
  const std::uint32_t middle = stack.size();
  if (!machine.run_input(op, kAll)) return Outcome::failed;
  const Outcome outcome = all_among(machine, base, middle, stack.size());
  if (outcome != Outcome::failed) stack.shrink(base);
  return outcome;
}

// https://hl7.org/fhirpath/N1/#count--integer
bool run_count(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::uint32_t base = machine.stack().size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t count = machine.stack().size() - base;
  machine.stack().shrink(base);
  return machine.push_integer(count);
}

bool keep_distinct(Machine& machine, std::uint32_t base) {
  ValueStack& stack = machine.stack();
  const std::uint32_t count = stack.size() - base;
  if (count < 2) return true;
  std::uint32_t kept = base;
  constexpr std::uint32_t kFewEnoughToCompare = 16;
  if (count <= kFewEnoughToCompare) {
    for (std::uint32_t i = base; i < base + count; ++i) {
      const Value item = stack[i];
      const Outcome found = found_among(machine, item, base, kept);
      if (found == Outcome::failed) return false;
      if (found == Outcome::no) stack[kept++] = item;
    }
    stack.shrink(kept);
    return true;
  }
  // Open addressing on hashes; cells hold positions on the stack, from 1.
  std::size_t cells = 64;
  while (cells < std::size_t{count} * 2) cells *= 2;
  std::vector<std::uint32_t> table(cells, 0);
  for (std::uint32_t i = base; i < base + count; ++i) {
    const Value item = stack[i];
    const std::uint64_t hash = hash_of(machine, item) * 0x9E3779B97F4A7C15ULL;
    std::size_t cell = (hash >> 20U) & (cells - 1);
    bool is_new = true;
    while (table[cell] != 0 && is_new) {
      if (!machine.charge(1)) return false;
      const Value known = stack[table[cell] - 1];
      const Outcome outcome = equal(machine, item, known);
      if (outcome == Outcome::failed) return false;
      if (outcome == Outcome::yes) is_new = false;
      if (is_new) cell = (cell + 1) & (cells - 1);
    }
    if (!is_new) continue;
    stack[kept++] = item;
    table[cell] = kept;
  }
  stack.shrink(kept);
  return true;
}

// https://hl7.org/fhirpath/N1/#distinct--collection
bool run_distinct(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::uint32_t base = machine.stack().size();
  return machine.run_input(op, kAll) && keep_distinct(machine, base);
}

// https://hl7.org/fhirpath/N1/#isdistinct--boolean
Outcome decide_is_distinct(Machine& machine, const Op& op) {
  const std::uint32_t base = machine.stack().size();
  if (!machine.run_input(op, kAll)) return Outcome::failed;
  const std::uint32_t count = machine.stack().size() - base;
  if (!keep_distinct(machine, base)) return Outcome::failed;
  const bool same = machine.stack().size() - base == count;
  machine.stack().shrink(base);
  return outcome_of(same);
}

}  // namespace meridian::fhirpath::internal
