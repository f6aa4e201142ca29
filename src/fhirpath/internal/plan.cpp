#include "fhirpath/internal/plan.hpp"

#include <re2/re2.h>

#include "fhirpath/internal/conversion.hpp"
#include "fhirpath/internal/operations.hpp"
#include "fhirpath/internal/scratch.hpp"

namespace meridian::fhirpath::internal {

Plan::Plan() = default;
Plan::~Plan() = default;
Scratch::Scratch() = default;
Scratch::~Scratch() = default;

namespace {

class Explainer {
 public:
  explicit Explainer(const Plan& plan) : plan_(plan) {}

  // As deep as the expression.
  void print(std::uint32_t index, std::size_t indent) {
    const Op& op = plan_.ops[index];
    std::string line = std::string(indent * 2, ' ').append(op.label);
    if (op.run == run_constant) line += " " + to_text(op.constant);
    if (op.decide == decide_path_equals_text) line += " '" + std::string(op.constant.string()) + "'";
    if (op.run == run_path) line += path(op);
    if (is_type_operation(op)) line += " " + plan_.tests[op.number].name;
    if (line.size() < kTypeColumn) line.resize(kTypeColumn, ' ');
    out_ += line + " : " + describe(plan_.types[index], *plan_.schema) + "\n";
    if (op.input != kNoOp) print(op.input, indent + 1);
    if (op.run == run_path) return;
    for (std::uint32_t i = 0; i < op.count; ++i) print(plan_.operand(op, i), indent + 1);
  }
  std::string take() { return std::move(out_); }

 private:
  static constexpr std::size_t kTypeColumn = 48;

  static bool is_type_operation(const Op& op) {
    return op.decide == decide_is || op.decide == decide_resolves_to || op.run == run_as || op.run == run_of_type ||
           op.run == run_root_filter;
  }

  std::string path(const Op& op) const {
    std::string text = " ";
    for (std::uint32_t i = 0; i < op.count; ++i) {
      const Step& step = plan_.steps[op.first + i];
      if (i > 0) text += ".";
      text += step.name == fhir::NameId::none ? std::string_view("?") : plan_.schema->name(step.name);
      if (step.only != fhir::TypeId::none) text.append(":").append(plan_.schema->type(step.only).name);
      if (step.is_first) text += "(first)";
    }
    if (op.limit != kAll) text += "(first)";
    return text;
  }

  const Plan& plan_;
  std::string out_;
};

}  // namespace

std::string explain(const Plan& plan) {
  Explainer explainer(plan);
  explainer.print(plan.root, 0);
  return explainer.take();
}

}  // namespace meridian::fhirpath::internal
