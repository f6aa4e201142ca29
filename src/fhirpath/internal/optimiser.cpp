#include "fhirpath/internal/optimiser.hpp"

#include "fhirpath/internal/functions.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

/// Whether the operation evaluates this operand for each item of its input, with that item as $this.
bool is_lambda_operand(const Op& op, std::uint32_t index) {
  if (op.function == nullptr) return false;
  if (op.run == run_define_variable) return true;
  if (op.run == run_iif) return op.input != kNoOp;
  const Takes takes = op.function->takes[index < 2 ? index : 2];
  return takes == Takes::item || takes == Takes::condition || takes == Takes::total;
}

class InvariantKeeper {
 public:
  InvariantKeeper(Plan& plan, const std::vector<OpFlags>& flags)
      : plan_(plan), flags_(flags), op_count_(plan.ops.size()) {
    needs_.resize(op_count_);
    // Operands stand before what uses them.
    for (std::uint32_t op = 0; op < op_count_; ++op) needs_[op] = needs_of(op);
  }

  // As deep as the expression.
  void visit(std::uint32_t& op, bool in_lambda) {
    if (in_lambda && is_worth_keeping(op)) {
      op = memo(op);
      return;
    }
    if (plan_.ops[op].input != kNoOp) {
      std::uint32_t input = plan_.ops[op].input;
      visit(input, in_lambda);
      plan_.ops[op].input = input;
    }
    if (plan_.ops[op].run == run_path) return;  // its operands are steps
    for (std::uint32_t i = 0; i < plan_.ops[op].count; ++i) {
      const std::uint32_t at = plan_.ops[op].first + i;
      std::uint32_t operand = plan_.operands[at];
      visit(operand, in_lambda || is_lambda_operand(plan_.ops[op], i));
      plan_.operands[at] = operand;
    }
  }

 private:
  OpFlags needs_of(std::uint32_t index) const {
    const Op& op = plan_.ops[index];
    OpFlags needs = flags_[index];
    auto also = [&](std::uint32_t operand, bool is_lambda) {
      // What stands in a lambda has a focus of its own.
      needs.uses_focus = needs.uses_focus || (!is_lambda && needs_[operand].uses_focus);
      needs.uses_total = needs.uses_total || needs_[operand].uses_total;
      needs.is_impure = needs.is_impure || needs_[operand].is_impure;
    };
    if (op.input != kNoOp) also(op.input, false);
    if (op.run != run_path) {
      for (std::uint32_t i = 0; i < op.count; ++i) also(plan_.operand(op, i), is_lambda_operand(op, i));
    }
    return needs;
  }

  bool is_worth_keeping(std::uint32_t op) const {
    if (op >= op_count_) return false;
    const OpFlags& needs = needs_[op];
    if (needs.uses_focus || needs.uses_total || needs.is_impure) return false;
    const Run run = plan_.ops[op].run;
    return run != run_constant && run != run_nothing && run != run_resource && run != run_root_resource &&
           run != run_context_item && run != run_variable && run != run_now && run != run_today &&
           run != run_time_of_day;
  }

  std::uint32_t memo(std::uint32_t inner) {
    Op op;
    op.run = run_memo;
    op.decide = decide_memo;
    op.label = "once";
    op.input = inner;
    op.number = plan_.memos++;
    op.offset = plan_.ops[inner].offset;
    plan_.ops.push_back(op);
    plan_.types.push_back(plan_.types[inner]);
    return static_cast<std::uint32_t>(plan_.ops.size() - 1);
  }

  Plan& plan_;
  const std::vector<OpFlags>& flags_;
  std::size_t op_count_;
  std::vector<OpFlags> needs_;
};

}  // namespace

void keep_invariant_parts(Plan& plan, const std::vector<OpFlags>& flags) {
  InvariantKeeper(plan, flags).visit(plan.root, false);
}

}  // namespace meridian::fhirpath::internal
