// Every expression that FHIR's own definitions hold compiles: invariants strictly, search parameters for each of their
// types.
#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

#include "fhirpath/expression.hpp"

namespace meridian::fhirpath {
namespace {

std::string first_error(const Issues& issues) {
  for (const Issue& issue : issues.all()) {
    if (issue.severity == Severity::error) return text(issue, Language::english);
  }
  return {};
}

TEST(Definitions, every_invariant_compiles_strictly) {
  const fhir::Schema& schema = fhir::Schema::r4();
  int compiled = 0;
  auto compile = [&](const fhir::Invariant& invariant, std::span<const fhir::TypeId> types, std::string_view where) {
    // cid-0 asks for ChargeItemDefinition.name, which R4 does not have.
    if (invariant.key == "cid-0") return;
    CompileOptions options;
    options.input_types = types;
    options.as = AsOperator::filter;
    Issues issues;
    const auto expression = Expression::compile(invariant.expression, options, issues);
    EXPECT_TRUE(expression) << where << " " << invariant.key << ": " << invariant.expression << "\n  "
                            << first_error(issues);
    ++compiled;
  };
  for (const fhir::TypeInfo& type : schema.types()) {
    for (const fhir::Invariant& invariant : type.invariants) compile(invariant, {&type.id, 1}, type.name);
    for (const fhir::ElementInfo& element : type.elements) {
      for (const fhir::Invariant& invariant : element.invariants) {
        std::vector<fhir::TypeId> types;
        for (const fhir::ElementType& possible : element.types) types.push_back(possible.type);
        compile(invariant, types, element.path);
      }
    }
  }
  EXPECT_GT(compiled, 500);
}

TEST(Definitions, every_search_parameter_compiles_for_each_of_its_types) {
  const fhir::Schema& schema = fhir::Schema::r4();
  int compiled = 0;
  for (const fhir::SearchParameterInfo& parameter : schema.search_parameters()) {
    if (parameter.expression.empty()) continue;
    for (const fhir::TypeId type : parameter.bases) {
      CompileOptions options;
      options.input_types = {&type, 1};
      options.as = AsOperator::filter;
      options.strictness = Strictness::lenient;
      Issues issues;
      const auto expression = Expression::compile(parameter.expression, options, issues);
      EXPECT_TRUE(expression) << parameter.url << ": " << parameter.expression << "\n  " << first_error(issues);
      EXPECT_EQ(issues.warnings(), 0U) << parameter.url << ": " << parameter.expression;
      ++compiled;
    }
  }
  EXPECT_GT(compiled, 1000);
}

}  // namespace
}  // namespace meridian::fhirpath
