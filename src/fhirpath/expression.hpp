// Expression: a FHIRPath expression, compiled once against the FHIR schema and evaluated any number of times.
//
//   Expression phone = TRY(Expression::compile_or_error("Patient.telecom.where(system = 'phone').value"));
//   EvaluationContext context;                                   // one per thread, kept
//   for (const Document& patient : patients) {
//     for (const Value& value : TRY(phone.evaluate(patient.root(), context))) use(value.text());
//   }
//
// Compiling parses, resolves names and types against the schema (unknown members, impossible operands and
// choice types are settled here) and makes a plan; explain() prints it. Evaluation walks the Document without
// copying it.
//
// Threads: an Expression is immutable and shared freely; copying it copies a pointer. An EvaluationContext belongs to
// one thread at a time. Lifetime: results live until the context's next evaluation, and as long as the
// Document and the Expression (see value.hpp). The schema must outlive the Expression.
// Specification: http://hl7.org/fhirpath/N1, https://hl7.org/fhir/R4/fhirpath.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "base/result.hpp"
#include "fhirpath/evaluation_context.hpp"
#include "fhirpath/value.hpp"

namespace meridian::fhirpath {

namespace internal {
struct Plan;
}

/// What to make of a member that the schema does not know, and of a path that begins with another type.
enum class Strictness : std::uint8_t {
  strict,   ///< both are errors
  lenient,  ///< a member is a warning and gives nothing; another type gives nothing: for search parameters
            ///< (`Patient.name | Practitioner.name`), which are compiled for one type at a time
};

/// What `as` does with several items. The specification makes them an error; R4's own search parameters need a filter.
enum class AsOperator : std::uint8_t { single, filter };

/// Whether functions that depend on order (first(), skip(), [0] …) may follow children() and descendants().
enum class OrderCheck : std::uint8_t { off, on };

/// Whether the plan is made faster than it was written. Off is for tests: results are the same.
enum class Optimisation : std::uint8_t { on, off };

/// A variable that evaluations will define: `%name`.
struct VariableDeclaration {
  std::string_view name;
  fhir::TypeId type = fhir::TypeId::none;  ///< of its items, when they are all nodes of that type
};

struct CompileOptions {
  const fhir::Schema* schema = nullptr;            ///< null: Schema::r4()
  std::span<const fhir::TypeId> input_types;       ///< what the expression will be asked of; empty: anything
  std::span<const VariableDeclaration> variables;  ///< besides those that always exist (%resource, %ucum …)
  Strictness strictness = Strictness::strict;
  AsOperator as = AsOperator::single;
  OrderCheck order = OrderCheck::off;
  Optimisation optimisation = Optimisation::on;
  std::uint32_t max_bytes = 64 * 1024;  ///< of the text
  std::uint32_t max_depth = 200;        ///< of the tree; also bounds the depth of recursion in evaluation
  std::uint32_t max_nodes = 10'000;
};

/// The outcome of a condition in FHIRPath's three-valued logic.
enum class Truth : std::uint8_t { no, yes, empty };

class Expression {
 public:
  /// Nothing when there is an error; the Issues say what and where (offset, line and column in the expression).
  static std::optional<Expression> compile(std::string_view text, const CompileOptions& options, Issues& issues);
  /// The same with the first issue as an Error (invalid_argument), its position in words and a caret under the fault.
  static Result<Expression> compile_or_error(std::string_view text, const CompileOptions& options = {});

  /// Evaluates on a node. Errors: unprocessable (a rule of the language is broken, such as several items where one must
  /// be), too_costly (a limit of the context), unsupported, timeout.
  Result<Collection> evaluate(fhir::Node input, EvaluationContext& context) const;
  /// Evaluates on a collection, which may hold values of an earlier result only if it was copied out of the context.
  Result<Collection> evaluate(Collection input, EvaluationContext& context) const;
  /// The result as a condition: a single boolean is itself, any other single item counts as yes.
  Result<Truth> truth(fhir::Node input, EvaluationContext& context) const;
  /// For invariants: whether the condition is yes. Empty is not: an invariant must evaluate to true.
  Result<bool> holds(fhir::Node input, EvaluationContext& context) const;

  const std::string& text() const;
  /// The typed plan, one operation a line, indented: for people.
  std::string explain() const;
  /// Bytes that the plan holds.
  std::size_t memory_bytes() const;

 private:
  explicit Expression(std::shared_ptr<const internal::Plan> plan) : plan_(std::move(plan)) {}
  std::shared_ptr<const internal::Plan> plan_;
};

/// The line of the expression at which the issue points, and a caret under the place: for terminals.
std::string caret(std::string_view expression, const Position& position);

}  // namespace meridian::fhirpath
