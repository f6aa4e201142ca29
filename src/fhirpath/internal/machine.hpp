// Machine: one evaluation of a plan. What every operation needs: the stack, the focus, the limits, the ports.
//
// Convention of `run`: it pushes its items on top of the stack and returns true, or fails and returns false, with
// whatever on the stack: the whole evaluation ends then. What is below the top at its start it leaves alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "fhirpath/evaluation_context.hpp"
#include "fhirpath/internal/plan.hpp"
#include "fhirpath/internal/scratch.hpp"

namespace meridian::fhirpath::internal {

/// $this, $index and $total while an operation runs.
struct Focus {
  const Value* items = nullptr;  // $this: one item within a lambda; any number at the top
  std::uint32_t count = 0;
  std::int64_t index = -1;  // -1: not within a lambda
  Collection total;
};

class Machine {
 public:
  Machine(const Plan& plan, EvaluationContext& context, Collection input);

  bool run(std::uint32_t op, Demand demand) {
    if (!step()) [[unlikely]]
      return false;
    const Op& operation = ops_[op];
    return operation.run(*this, operation, demand);
  }
  Outcome decide(std::uint32_t op) {
    if (!step()) [[unlikely]]
      return Outcome::failed;
    const Op& operation = ops_[op];
    return operation.decide(*this, operation);
  }

  // The stack.
  ValueStack& stack() { return stack_; }
  bool push(const Value& value) {
    stack_.push(value);
    return true;
  }
  bool push_boolean(bool value) { return push(Value::of_boolean(value)); }
  bool push_integer(std::int64_t value);
  bool push_focus();

  // Operands.
  const Plan& plan() const { return plan_; }
  const fhir::Schema& schema() const { return *plan_.schema; }
  const Op& op(std::uint32_t index) const { return ops_[index]; }
  std::uint32_t operand(const Op& op, std::uint32_t index) const { return plan_.operand(op, index); }
  /// Pushes the items of the operation's input ($this when it has none).
  bool run_input(const Op& op, Demand demand) { return op.input == kNoOp ? push_focus() : run(op.input, demand); }
  /// Whether found_first() (operations.hpp) can take the operation: a path of nodes, asked of a single node.
  bool starts_at_node(std::uint32_t op) const {
    return op != kNoOp && ops_[op].is_node_path && ops_[op].input == kNoOp && focus_.count == 1 &&
           focus_.items->is_node();
  }
  /// The operand as at most one item. `yes`: here it is; more than one fails, naming `what`.
  Outcome single(std::uint32_t op, Value& out, std::string_view what);
  Outcome single_input(const Op& op, Value& out);
  /// The same, as a value of a System type; what has none (a HumanName) fails.
  Outcome single_system(std::uint32_t op, Value& out, std::string_view what);
  Outcome single_system_input(const Op& op, Value& out);
  Outcome single_string(std::uint32_t op, std::string_view& out, std::string_view what);
  Outcome single_integer(std::uint32_t op, std::int64_t& out, std::string_view what);
  /// https://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections, for items on the stack from `base`.
  Outcome truth_of(std::uint32_t base, std::string_view what);

  /// The text of a string, or of a FHIR primitive that is one to FHIRPath, without the detour of a conversion.
  bool is_text(const Value& value, std::string_view& out) const {
    if (value.type() == ValueType::string) {
      out = value.string();
      return true;
    }
    if (!value.is_node()) return false;
    const fhir::Node node = value.node();
    if (node.value_kind() != fhir::ValueKind::string || node.type() == fhir::TypeId::none) return false;
    if (plan_.system_types[static_cast<std::size_t>(node.type())] != ValueType::string) return false;
    out = node.text();
    return true;
  }

  // The focus.
  Focus& focus() { return focus_; }

  // Memory, limits, faults.
  std::string_view keep(std::string_view text);
  const Quantity* keep(const Quantity& quantity);
  Collection keep(std::uint32_t base);  ///< a copy of the items on the stack from `base`
  char* take_text(std::size_t bytes);   ///< nullptr: too much, and the machine has failed
  bool charge(std::uint64_t steps) {
    steps_left_ -= static_cast<std::int64_t>(steps);
    return steps_left_ >= 0 || out_of_steps();
  }
  bool fail(ErrorCode code, std::string message);
  Outcome failed(ErrorCode code, std::string message) {
    fail(code, std::move(message));
    return Outcome::failed;
  }
  Error take_error();

  // The world.
  EvaluationContext& context() { return context_; }
  Scratch& scratch() { return *context_.scratch_; }
  const Terminology* terminology() const { return context_.terminology_; }
  const Subsumption* subsumption() const { return context_.subsumption_; }
  const ReferenceResolver* references() const { return context_.references_; }
  const ProfileCheck* profiles() const { return context_.profiles_; }
  TraceSink* trace_sink() const { return context_.trace_; }
  fhir::Node resource() const;
  fhir::Node root_resource() const;
  Collection input() const { return input_; }
  const DateTime& now();

 private:
  bool step() { return --steps_left_ >= 0 || out_of_steps(); }
  bool out_of_steps();

  const Plan& plan_;
  const Op* ops_;
  EvaluationContext& context_;
  ValueStack& stack_;
  Arena& arena_;
  Focus focus_;
  Collection input_;
  std::int64_t steps_left_;     // until the next look at the clock or the limit
  std::int64_t steps_reserve_;  // beyond those
  std::int64_t deadline_ = 0;   // steady clock, nanoseconds; 0: none
  bool now_known_ = false;
};

/// Sets the focus to one item for as long as it lives.
class FocusScope {
 public:
  FocusScope(Machine& machine) : machine_(machine), saved_(machine.focus()) {}
  ~FocusScope() { machine_.focus() = saved_; }
  FocusScope(const FocusScope&) = delete;
  FocusScope& operator=(const FocusScope&) = delete;
  void set(const Value& item, std::int64_t index) {
    copy_value(item_, item);
    machine_.focus().items = &item_;
    machine_.focus().count = 1;
    machine_.focus().index = index;
  }
  const Value& item() const { return item_; }

 private:
  Machine& machine_;
  Focus saved_;
  Value item_;
};

/// `run` of an operation that decides: pushes true, false or nothing.
bool run_decided(Machine& machine, const Op& op, Demand demand);
/// `decide` of an operation that runs: its items as a condition.
Outcome decide_by_running(Machine& machine, const Op& op);

inline Outcome outcome_of(bool value) {
  return value ? Outcome::yes : Outcome::no;
}

}  // namespace meridian::fhirpath::internal
