#include "fhirpath/internal/optimiser.hpp"

#include <string>
#include <unordered_map>
#include <utility>

#include "fhirpath/internal/conversion.hpp"
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

class PartKeeper {
 public:
  PartKeeper(Plan& plan, const std::vector<OpFlags>& flags) : plan_(plan), flags_(flags), op_count_(plan.ops.size()) {
    needs_.resize(op_count_);
    // Operands stand before what uses them.
    for (std::uint32_t op = 0; op < op_count_; ++op) {
      needs_[op] = needs_of(op);
      parts_.push_back(part_of(op));
    }
    times_.resize(part_numbers_.size());
    slots_.resize(part_numbers_.size(), kNoSlot);
    count(plan_.root);
  }

  // As deep as the expression.
  void visit(std::uint32_t& op, bool in_lambda) {
    if (in_lambda ? is_worth_keeping(op) : is_common(op)) {
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

  /// Parts that are written alike have one number.
  std::uint32_t part_of(std::uint32_t index) {
    const Op& op = plan_.ops[index];
    std::string key;
    auto add = [&key](const void* bytes, std::size_t size) { key.append(static_cast<const char*>(bytes), size); };
    auto add_number = [&add](std::uint64_t number) { add(&number, sizeof number); };
    add(&op.run, sizeof op.run);
    add(&op.decide, sizeof op.decide);
    const bool has_test = op.decide == decide_is || op.decide == decide_resolves_to || op.run == run_as ||
                          op.run == run_of_type || op.run == run_root_filter;
    if (has_test) {
      key += plan_.tests[op.number].name;
    } else {
      add_number(op.number);
    }
    add_number(op.limit);
    if (op.constant) key += type_name(op.constant) + to_text(op.constant);
    add_number(op.input == kNoOp ? kNoOp : parts_[op.input]);
    for (std::uint32_t i = 0; i < op.count; ++i) {
      if (op.run != run_path) {
        add_number(parts_[plan_.operand(op, i)]);
        continue;
      }
      const Step& step = plan_.steps[op.first + i];
      add_number(static_cast<std::uint64_t>(step.name) << 32U | static_cast<std::uint64_t>(step.only) << 8U |
                 static_cast<std::uint64_t>(step.system_member) << 2U | (step.is_exact ? 2U : 0U) |
                 (step.is_first ? 1U : 0U));
    }
    return part_numbers_.emplace(std::move(key), static_cast<std::uint32_t>(part_numbers_.size())).first->second;
  }

  /// How often each part stands where $this is the input itself.
  void count(std::uint32_t index) {
    const Op& op = plan_.ops[index];
    ++times_[parts_[index]];
    if (op.input != kNoOp) count(op.input);
    if (op.run == run_path) return;
    for (std::uint32_t i = 0; i < op.count; ++i) {
      if (!is_lambda_operand(op, i)) count(plan_.operand(op, i));
    }
  }

  /// Whether the part stands there several times and costs more than keeping it.
  bool is_common(std::uint32_t index) const {
    if (index >= op_count_ || times_[parts_[index]] < 2) return false;
    if (needs_[index].uses_total || needs_[index].is_impure) return false;
    const Op& op = plan_.ops[index];
    if (op.function == nullptr) return false;
    bool has_lambda = false;
    for (std::uint32_t i = 0; i < op.count; ++i) has_lambda = has_lambda || is_lambda_operand(op, i);
    return has_lambda || op.run == run_descendants || op.run == run_distinct || op.run == run_resolve;
  }

  std::uint32_t memo(std::uint32_t inner) {
    std::uint32_t& slot = slots_[parts_[inner]];
    if (slot == kNoSlot) slot = plan_.memos++;
    Op op;
    op.run = run_memo;
    op.decide = decide_memo;
    op.label = "once";
    op.input = inner;
    op.number = slot;
    op.offset = plan_.ops[inner].offset;
    plan_.ops.push_back(op);
    plan_.types.push_back(plan_.types[inner]);
    return static_cast<std::uint32_t>(plan_.ops.size() - 1);
  }

  Plan& plan_;
  const std::vector<OpFlags>& flags_;
  std::size_t op_count_;
  std::vector<OpFlags> needs_;
  // Of the parts, by number:
  static constexpr std::uint32_t kNoSlot = 0xFFFFFFFF;
  std::unordered_map<std::string, std::uint32_t> part_numbers_;
  std::vector<std::uint32_t> parts_;  // the number of each operation
  std::vector<std::uint32_t> times_;
  std::vector<std::uint32_t> slots_;
};

}  // namespace

void keep_parts(Plan& plan, const std::vector<OpFlags>& flags) {
  PartKeeper(plan, flags).visit(plan.root, false);
}

}  // namespace meridian::fhirpath::internal
