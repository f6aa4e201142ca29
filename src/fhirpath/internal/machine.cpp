#include "fhirpath/internal/machine.hpp"

#include <chrono>

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/operations.hpp"

namespace meridian::fhirpath::internal {

namespace {

// The clock is read and the limit looked at once in so many steps.
constexpr std::int64_t kStepsBetweenLooks = 1 << 14;

std::int64_t steady_nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Machine::Machine(const Plan& plan, EvaluationContext& context, Collection input)
    : plan_(plan),
      ops_(plan.ops.data()),
      context_(context),
      stack_(context.scratch_->stack),
      arena_(context.scratch_->arena),
      input_(input) {
  stack_.shrink(0);
  arena_.reset();
  focus_.items = input.begin();
  focus_.count = static_cast<std::uint32_t>(input.size());
  const auto limit = static_cast<std::int64_t>(context.limits_.max_steps);
  steps_left_ = limit < kStepsBetweenLooks ? limit : kStepsBetweenLooks;
  steps_reserve_ = limit - steps_left_;
  if (context.limits_.max_milliseconds != 0) {
    deadline_ = steady_nanoseconds() + std::int64_t{context.limits_.max_milliseconds} * 1'000'000;
  }
  if (plan.slots > 0) context.scratch_->slots.assign(plan.slots, Collection());
  if (plan.memos > 0) {
    ++context.scratch_->evaluation;
    if (context.scratch_->memos.size() < plan.memos) context.scratch_->memos.resize(plan.memos);
  }
}

bool Machine::out_of_steps() {
  if (stack_.size() > context_.limits_.max_items) {
    return fail(ErrorCode::too_costly, "the expression needs more than " + std::to_string(context_.limits_.max_items) +
                                           " items at once (max_items)");
  }
  if (deadline_ != 0 && steady_nanoseconds() > deadline_) {
    return fail(ErrorCode::timeout, "the expression took longer than " +
                                        std::to_string(context_.limits_.max_milliseconds) + " ms (max_milliseconds)");
  }
  if (steps_left_ + steps_reserve_ < 0) {
    return fail(ErrorCode::too_costly,
                "the expression takes more than " + std::to_string(context_.limits_.max_steps) + " steps (max_steps)");
  }
  const std::int64_t available = steps_left_ + steps_reserve_;
  steps_left_ = available < kStepsBetweenLooks ? available : kStepsBetweenLooks;
  steps_reserve_ = available - steps_left_;
  return true;
}

bool Machine::fail(ErrorCode code, std::string message) {
  context_.scratch_->error = Error(code, std::move(message));
  return false;
}

Error Machine::take_error() {
  return std::move(context_.scratch_->error);
}

bool Machine::push_integer(std::int64_t value) {
  constexpr std::int64_t kLimit = std::int64_t{1} << 31;
  // Overflow gives nothing: https://hl7.org/fhirpath/N1/#math
  if (value >= kLimit || value < -kLimit) return true;
  return push(Value::of_integer(static_cast<std::int32_t>(value)));
}

bool Machine::push_focus() {
  for (std::uint32_t i = 0; i < focus_.count; ++i) stack_.push(focus_.items[i]);
  return true;
}

Outcome Machine::single(std::uint32_t op, Value& out, std::string_view what) {
  if (ops_[op].run == run_constant) {
    out = ops_[op].constant;
    return Outcome::yes;
  }
  std::uint32_t count = 0;
  if (starts_at_node(op)) {
    const Found found = found_first(*this, ops_[op], 2);
    if (!found.is_within_limits) return Outcome::failed;
    count = found.count;
    if (count == 1) out = Value(found.first);
  } else {
    const std::uint32_t base = stack_.size();
    if (!run(op, 2)) return Outcome::failed;
    count = stack_.size() - base;
    if (count == 1) {
      copy_value(out, stack_[base]);
      stack_.shrink(base);
    }
  }
  if (count == 1) return Outcome::yes;
  if (count == 0) return Outcome::empty;
  return failed(ErrorCode::unprocessable, std::string(what) + " needs a single item and got several");
}

Outcome Machine::single_input(const Op& op, Value& out) {
  if (op.input != kNoOp) return single(op.input, out, op.label);
  if (focus_.count > 1)
    return failed(ErrorCode::unprocessable, std::string(op.label) + " needs a single item and got several");
  if (focus_.count == 0) return Outcome::empty;
  out = focus_.items[0];
  return Outcome::yes;
}

Outcome Machine::single_system(std::uint32_t op, Value& out, std::string_view what) {
  const Outcome outcome = single(op, out, what);
  return outcome == Outcome::yes ? to_system(*this, out, what) : outcome;
}

Outcome Machine::single_system_input(const Op& op, Value& out) {
  const Outcome outcome = single_input(op, out);
  return outcome == Outcome::yes ? to_system(*this, out, op.label) : outcome;
}

Outcome Machine::single_string(std::uint32_t op, std::string_view& out, std::string_view what) {
  Value value;
  Outcome outcome = single(op, value, what);
  if (outcome != Outcome::yes) return outcome;
  if (is_text(value, out)) return Outcome::yes;
  outcome = to_system(*this, value, what);
  if (outcome != Outcome::yes) return outcome;
  if (value.type() != ValueType::string) return failed(ErrorCode::unprocessable, std::string(what) + " needs a string");
  out = value.string();
  return Outcome::yes;
}

Outcome Machine::single_integer(std::uint32_t op, std::int64_t& out, std::string_view what) {
  Value value;
  const Outcome outcome = single_system(op, value, what);
  if (outcome != Outcome::yes) return outcome;
  if (value.type() != ValueType::integer && value.type() != ValueType::long_integer) {
    return failed(ErrorCode::unprocessable, std::string(what) + " needs an integer");
  }
  out = value.integer();
  return Outcome::yes;
}

Outcome Machine::truth_of(std::uint32_t base, std::string_view what) {
  const std::uint32_t count = stack_.size() - base;
  if (count == 0) return Outcome::empty;
  if (count > 1) return failed(ErrorCode::unprocessable, std::string(what) + " needs a single item and got several");
  Value value;
  copy_value(value, stack_[base]);
  stack_.shrink(base);
  if (value.type() == ValueType::boolean) return outcome_of(value.boolean());
  if (value.is_node() && value.node().value_kind() == fhir::ValueKind::boolean)
    return outcome_of(value.node().text() == "true");
  return Outcome::yes;
}

char* Machine::take_text(std::size_t bytes) {
  if (arena_.taken() + bytes > context_.limits_.max_bytes) {
    fail(ErrorCode::too_costly,
         "the expression makes more than " + std::to_string(context_.limits_.max_bytes) + " bytes (max_bytes)");
    return nullptr;
  }
  if (!charge(bytes / 64)) return nullptr;
  return static_cast<char*>(arena_.take(bytes));
}

std::string_view Machine::keep(std::string_view text) {
  char* bytes = take_text(text.size());
  if (bytes == nullptr) return {};
  std::memcpy(bytes, text.data(), text.size());
  return {bytes, text.size()};
}

const Quantity* Machine::keep(const Quantity& quantity) {
  // A quantity is small and each costs a step, so max_steps bounds their number.
  return new (arena_.take(sizeof(Quantity))) Quantity(quantity);
}

Collection Machine::keep(std::uint32_t base) {
  const std::uint32_t count = stack_.size() - base;
  if (count == 0) return {};
  auto* copy = static_cast<Value*>(static_cast<void*>(take_text(count * sizeof(Value))));
  if (copy == nullptr) return {};
  std::memcpy(static_cast<void*>(copy), stack_.data() + base, count * sizeof(Value));
  return {copy, count};
}

fhir::Node Machine::resource() const {
  if (context_.resource_) return context_.resource_;
  return input_.size() == 1 && input_.front().is_node() ? input_.front().node() : fhir::Node();
}

fhir::Node Machine::root_resource() const {
  return context_.root_resource_ ? context_.root_resource_ : resource();
}

bool run_decided(Machine& machine, const Op& op, Demand /*demand*/) {
  switch (op.decide(machine, op)) {
    case Outcome::yes:
      return machine.push_boolean(true);
    case Outcome::no:
      return machine.push_boolean(false);
    case Outcome::empty:
      return true;
    default:
      return false;
  }
}

Outcome decide_by_running(Machine& machine, const Op& op) {
  const std::uint32_t base = machine.stack().size();
  if (!op.run(machine, op, 2)) return Outcome::failed;
  return machine.truth_of(base, op.label);
}

}  // namespace meridian::fhirpath::internal
