// and, or, xor, implies, not(): three-valued logic. https://hl7.org/fhirpath/N1/#boolean-logic
//
// The right side is not evaluated when the left decides. The truth tables stand in the comments, with - for empty.
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

//        true   false  -
// true   true   false  -
// false  false  false  false
// -      -      false  -
Outcome decide_and(Machine& machine, const Op& op) {
  const Outcome left = machine.decide(machine.operand(op, 0));
  if (left == Outcome::no || left == Outcome::failed) return left;
  const Outcome right = machine.decide(machine.operand(op, 1));
  if (right == Outcome::no || right == Outcome::failed) return right;
  return left == Outcome::empty ? left : right;
}

//        true   false  -
// true   true   true   true
// false  true   false  -
// -      true   -      -
Outcome decide_or(Machine& machine, const Op& op) {
  const Outcome left = machine.decide(machine.operand(op, 0));
  if (left == Outcome::yes || left == Outcome::failed) return left;
  const Outcome right = machine.decide(machine.operand(op, 1));
  if (right == Outcome::yes || right == Outcome::failed) return right;
  return left == Outcome::empty ? left : right;
}

//        true   false  -
// true   false  true   -
// false  true   false  -
// -      -      -      -
Outcome decide_xor(Machine& machine, const Op& op) {
  const Outcome left = machine.decide(machine.operand(op, 0));
  if (left == Outcome::failed) return left;
  const Outcome right = machine.decide(machine.operand(op, 1));
  if (right == Outcome::failed) return right;
  if (left == Outcome::empty || right == Outcome::empty) return Outcome::empty;
  return outcome_of(left != right);
}

//        true   false  -
// true   true   false  -
// false  true   true   true
// -      true   -      -
Outcome decide_implies(Machine& machine, const Op& op) {
  const Outcome left = machine.decide(machine.operand(op, 0));
  if (left == Outcome::failed) return left;
  if (left == Outcome::no) return Outcome::yes;
  const Outcome right = machine.decide(machine.operand(op, 1));
  if (right == Outcome::failed || right == Outcome::yes) return right;
  return left == Outcome::yes ? right : Outcome::empty;
}

// https://hl7.org/fhirpath/N1/#not--boolean
Outcome decide_not(Machine& machine, const Op& op) {
  Outcome outcome = Outcome::empty;
  if (op.input != kNoOp) {
    outcome = machine.decide(op.input);
  } else {
    const std::uint32_t base = machine.stack().size();
    machine.push_focus();
    outcome = machine.truth_of(base, op.label);
  }
  if (outcome == Outcome::yes) return Outcome::no;
  return outcome == Outcome::no ? Outcome::yes : outcome;
}

}  // namespace meridian::fhirpath::internal
