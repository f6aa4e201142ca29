#include "fhirpath/expression.hpp"

#include <algorithm>
#include <new>

#include "fhirpath/internal/compiler.hpp"
#include "fhirpath/internal/machine.hpp"
#include "fhirpath/internal/scratch.hpp"

namespace meridian::fhirpath {

using internal::Machine;
using internal::Outcome;

std::optional<Expression> Expression::compile(std::string_view text, const CompileOptions& options, Issues& issues) {
  std::shared_ptr<const internal::Plan> plan = internal::compile(text, options, issues);
  if (!plan) return std::nullopt;
  return Expression(std::move(plan));
}

Result<Expression> Expression::compile_or_error(std::string_view text, const CompileOptions& options) {
  Issues issues;
  std::optional<Expression> expression = compile(text, options, issues);
  if (expression) return std::move(*expression);
  for (const Issue& issue : issues.all()) {
    if (issue.severity != Severity::error && issue.severity != Severity::fatal) continue;
    std::string message = meridian::text(issue, Language::english) + " (line " + std::to_string(issue.position.line) +
                          ", column " + std::to_string(issue.position.column) + ")\n" + caret(text, issue.position);
    return fail(ErrorCode::invalid_argument, std::move(message));
  }
  return fail(ErrorCode::internal, "the expression was refused without a reason");
}

Result<Collection> Expression::evaluate(Collection input, EvaluationContext& context) const {
  try {
    Machine machine(*plan_, context, input);
    if (!machine.run(plan_->root, internal::kAll)) return fail(machine.take_error());
    return Collection(machine.stack().data(), machine.stack().size());
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::too_costly, "there is not enough memory to evaluate the expression");
  }
}

Result<Collection> Expression::evaluate(fhir::Node input, EvaluationContext& context) const {
  if (plan_->follow != nullptr && input) {
    try {
      return plan_->follow(*plan_, input, context.scratch_->stack);
    } catch (const std::bad_alloc&) {
      return fail(ErrorCode::too_costly, "there is not enough memory to evaluate the expression");
    }
  }
  const Value item(input);
  return evaluate(input ? Collection(&item, 1) : Collection(), context);
}

Result<Truth> Expression::truth(fhir::Node input, EvaluationContext& context) const {
  try {
    const Value item(input);
    Machine machine(*plan_, context, input ? Collection(&item, 1) : Collection());
    switch (machine.decide(plan_->root)) {
      case Outcome::yes:
        return Truth::yes;
      case Outcome::no:
        return Truth::no;
      case Outcome::empty:
        return Truth::empty;
      default:
        return fail(machine.take_error());
    }
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::too_costly, "there is not enough memory to evaluate the expression");
  }
}

Result<bool> Expression::holds(fhir::Node input, EvaluationContext& context) const {
  return TRY(truth(input, context)) == Truth::yes;
}

const std::string& Expression::text() const {
  return plan_->text;
}

std::string Expression::explain() const {
  return internal::explain(*plan_);
}

std::size_t Expression::memory_bytes() const {
  const internal::Plan& plan = *plan_;
  std::size_t bytes =
      sizeof(plan) + plan.text.capacity() + plan.ops.capacity() * sizeof(internal::Op) +
      plan.types.capacity() * sizeof(internal::StaticType) + plan.operands.capacity() * sizeof(std::uint32_t) +
      plan.steps.capacity() * sizeof(internal::Step) + plan.tests.capacity() * sizeof(internal::TypeTest);
  for (const std::string& text : plan.texts) bytes += sizeof(text) + text.capacity();
  return bytes;
}

std::string caret(std::string_view expression, const Position& position) {
  const std::size_t offset = std::min(position.offset, expression.size());
  const std::size_t line_begin = offset == 0 ? 0 : expression.rfind('\n', offset - 1) + 1;  // npos + 1 is 0
  const std::size_t line_end = std::min(expression.find('\n', offset), expression.size());
  // A long line is shown around the place only.
  constexpr std::size_t kBefore = 60;
  constexpr std::size_t kAfter = 40;
  auto is_continuation = [&](std::size_t at) { return (static_cast<unsigned char>(expression[at]) & 0xC0U) == 0x80U; };
  std::size_t begin = offset - line_begin > kBefore ? offset - kBefore : line_begin;
  while (begin < offset && is_continuation(begin)) ++begin;
  std::size_t end = line_end > offset && line_end - offset > kAfter ? offset + kAfter : line_end;
  while (end > offset && end < expression.size() && is_continuation(end)) --end;
  std::string out(expression.substr(begin, end - begin));
  out += '\n';
  for (std::size_t at = begin; at < offset; ++at) {
    if (!is_continuation(at)) out += expression[at] == '\t' ? '\t' : ' ';
  }
  return out + "^";
}

}  // namespace meridian::fhirpath
