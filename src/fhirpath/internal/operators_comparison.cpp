// <, <=, >, >=: https://hl7.org/fhirpath/N1/#comparison
#include "fhirpath/internal/compare.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

Order order_of_operands(Machine& machine, const Op& op) {
  Value left;
  Value right;
  const Outcome first = machine.single(machine.operand(op, 0), left, op.label);
  if (first == Outcome::failed) return Order::failed;
  const Outcome second = machine.single(machine.operand(op, 1), right, op.label);
  if (second == Outcome::failed) return Order::failed;
  if (first == Outcome::empty || second == Outcome::empty) return Order::unknown;
  return compare_values(machine, left, right, op.label);
}

template <typename Accept>
Outcome decide(Machine& machine, const Op& op, Accept accept) {
  const Order order = order_of_operands(machine, op);
  if (order == Order::failed) return Outcome::failed;
  if (order == Order::unknown) return Outcome::empty;
  return outcome_of(accept(order));
}

}  // namespace

Outcome decide_less(Machine& machine, const Op& op) {
  return decide(machine, op, [](Order order) { return order == Order::less; });
}
Outcome decide_less_or_equal(Machine& machine, const Op& op) {
  return decide(machine, op, [](Order order) { return order != Order::greater; });
}
Outcome decide_greater(Machine& machine, const Op& op) {
  return decide(machine, op, [](Order order) { return order == Order::greater; });
}
Outcome decide_greater_or_equal(Machine& machine, const Op& op) {
  return decide(machine, op, [](Order order) { return order != Order::less; });
}

}  // namespace meridian::fhirpath::internal
