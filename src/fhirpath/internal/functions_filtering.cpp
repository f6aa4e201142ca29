// https://hl7.org/fhirpath/N1/#filtering-and-projection
#include <algorithm>
#include <vector>

#include "fhirpath/internal/compare.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

// https://hl7.org/fhirpath/N1/#wherecriteria--expression--collection
bool run_where(Machine& machine, const Op& op, Demand demand) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  const std::uint32_t criterion = machine.operand(op, 0);
  std::uint32_t kept = base;
  FocusScope scope(machine);
  for (std::uint32_t i = base; i < end && kept - base < demand; ++i) {
    scope.set(stack[i], i - base);
    const Outcome outcome = machine.decide(criterion);
    if (outcome == Outcome::failed) return false;
    if (outcome == Outcome::yes) copy_value(stack[kept++], scope.item());
  }
  stack.shrink(kept);
  return true;
}

// https://hl7.org/fhirpath/N1/#selectprojection-expression--collection
bool run_select(Machine& machine, const Op& op, Demand demand) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t end = stack.size();
  const std::uint32_t projection = machine.operand(op, 0);
  FocusScope scope(machine);
  for (std::uint32_t i = base; i < end && stack.size() - end < demand; ++i) {
    scope.set(stack[i], i - base);
    if (!machine.run(projection, demand == kAll ? kAll : demand - (stack.size() - end))) return false;
  }
  stack.erase(base, end);
  return true;
}

namespace {

/// Projects each item, and what that gives, and so on. With `distinct`, equal items are taken once, which also ends
/// what would go round for ever; without, max_steps ends it.
bool repeat(Machine& machine, const Op& op, bool distinct) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  const std::uint32_t input_end = stack.size();
  const std::uint32_t projection = machine.operand(op, 0);
  FocusScope scope(machine);
  // The stack from input_end is the result and, behind `next`, the queue of what is still to be projected.
  std::uint32_t next = base;
  while (next < stack.size()) {
    scope.set(stack[next], next < input_end ? next - base : next - input_end);
    ++next;
    const std::uint32_t first_new = stack.size();
    if (!machine.run(projection, kAll)) return false;
    if (!distinct) continue;
    std::uint32_t kept = first_new;
    const std::uint32_t end = stack.size();
    for (std::uint32_t i = first_new; i < end; ++i) {
      const Value item = stack[i];
      // A node is new unless it came up before; that it equals another does not matter to where it leads.
      Outcome found = Outcome::no;
      for (std::uint32_t j = input_end; j < kept && found == Outcome::no; ++j) {
        if (!machine.charge(1)) return false;
        const Value known = stack[j];
        found =
            item.is_node() && known.is_node() ? outcome_of(item.node() == known.node()) : equal(machine, item, known);
      }
      if (found == Outcome::failed) return false;
      if (found != Outcome::yes) stack[kept++] = item;
    }
    stack.shrink(kept);
  }
  stack.erase(base, input_end);
  return true;
}

}  // namespace

// https://hl7.org/fhirpath/N1/#repeatprojection-expression--collection
bool run_repeat(Machine& machine, const Op& op, Demand /*demand*/) {
  const std::uint32_t base = machine.stack().size();
  return repeat(machine, op, true) && keep_distinct(machine, base);
}

// https://build.fhir.org/ig/HL7/FHIRPath/#repeatallprojection-expression--collection
bool run_repeat_all(Machine& machine, const Op& op, Demand /*demand*/) {
  return repeat(machine, op, false);
}

// https://build.fhir.org/ig/HL7/FHIRPath/#coalesce: the first argument that is not empty.
bool run_coalesce(Machine& machine, const Op& op, Demand demand) {
  const std::uint32_t base = machine.stack().size();
  for (std::uint32_t i = 0; i < op.count; ++i) {
    if (!machine.run(machine.operand(op, i), demand)) return false;
    if (machine.stack().size() > base) return true;
  }
  return true;
}

namespace {

struct SortItem {
  Value item;
  std::vector<Value> keys;  // one for each argument; no value where the argument gives nothing
};

/// Merge sort. Not the library's: dates of unlike precision make an order that is not total, which std::sort may not be
/// given.
template <typename Less>
void sort_items(std::vector<SortItem>& items, Less less) {
  std::vector<SortItem> merged(items.size());
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    for (std::size_t begin = 0; begin < items.size(); begin += 2 * width) {
      const std::size_t middle = std::min(begin + width, items.size());
      const std::size_t end = std::min(begin + 2 * width, items.size());
      std::size_t left = begin;
      std::size_t right = middle;
      for (std::size_t to = begin; to < end; ++to) {
        const bool takes_right = left == middle || (right < end && less(items[right], items[left]));
        merged[to] = std::move(items[takes_right ? right++ : left++]);
      }
    }
    items.swap(merged);
  }
}

}  // namespace

// https://build.fhir.org/ig/HL7/FHIRPath/#sort: by the arguments in turn, each ascending unless written with a minus or
// `desc`; what has no key comes first either way. The sort keeps the order of equals.
bool run_sort(Machine& machine, const Op& op, Demand /*demand*/) {
  ValueStack& stack = machine.stack();
  const std::uint32_t base = stack.size();
  if (!machine.run_input(op, kAll)) return false;
  std::vector<SortItem> items;
  {
    FocusScope scope(machine);
    const std::uint32_t end = stack.size();
    for (std::uint32_t i = base; i < end; ++i) {
      scope.set(stack[i], i - base);
      SortItem item{scope.item(), {}};
      if (op.count == 0) item.keys.push_back(item.item);
      for (std::uint32_t k = 0; k < op.count; ++k) {
        Value key;
        if (machine.single(machine.operand(op, k), key, "the key of sort()") == Outcome::failed) return false;
        item.keys.push_back(key);
      }
      items.push_back(std::move(item));
    }
  }
  bool failed = false;
  sort_items(items, [&](const SortItem& a, const SortItem& b) {
    for (std::size_t k = 0; k < a.keys.size() && !failed; ++k) {
      if (!machine.charge(1)) failed = true;
      if (!a.keys[k] || !b.keys[k]) {
        if (static_cast<bool>(a.keys[k]) != static_cast<bool>(b.keys[k])) return !a.keys[k];
        continue;
      }
      const bool is_descending = (op.number >> k & 1U) != 0;
      const Value& left = is_descending ? b.keys[k] : a.keys[k];
      const Value& right = is_descending ? a.keys[k] : b.keys[k];
      const Order order = compare_values(machine, left, right, "sort()");
      if (order == Order::failed) failed = true;
      if (order == Order::less) return !failed;
      if (order == Order::greater) return false;
    }
    return false;
  });
  if (failed) return false;
  stack.shrink(base);
  for (const SortItem& item : items) stack.push(item.item);
  return true;
}

}  // namespace meridian::fhirpath::internal
