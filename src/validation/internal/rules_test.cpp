#include "validation/internal/rules.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"
#include "fhirpath/evaluation_context.hpp"
#include "validation/testing/synthea.hpp"
#include "validation/validator.hpp"

namespace meridian::validation::internal {
namespace {

using fhir::Node;

TEST(Rules, compile_every_invariant_of_the_specification) {
  const fhir::Schema& schema = fhir::Schema::r4();
  const Rules rules(schema);
  std::set<std::string> unusable;
  std::size_t count = 0;
  const auto look = [&](const CompiledInvariant& invariant) {
    ++count;
    if (invariant.expression == nullptr) unusable.insert(invariant.key + ": " + invariant.fault);
  };
  for (const fhir::TypeInfo& type : schema.types()) {
    const TypeRules& of_type = rules.of(type.id);
    for (const CompiledInvariant& invariant : of_type.invariants) look(invariant);
    for (const CompiledInvariant& invariant : of_type.of_contained) look(invariant);
    for (const ElementRules& element : of_type.elements) {
      for (const CompiledInvariant& invariant : element.invariants) look(invariant);
    }
  }
  EXPECT_GT(count, 500U);
  EXPECT_EQ(unusable, std::set<std::string>());
}

// The invariants that the walk checks itself, against what FHIRPath says of every node.
class NativeInvariants : public ::testing::Test {
 protected:
  void compare(const std::string& text) {
    Issues issues;
    const fhir::Document document = parser_.parse_borrowed(text, issues);
    if (!document.has_root()) return;
    issues.clear();
    session_.validate(document, issues);
    if (issues.dropped() > 0) return;
    std::set<std::string> native;
    for (const Issue& issue : issues.all()) {
      if (issue.message->id == "invariant") native.insert(issue.arguments.front() + " " + issue.path);
      if (issue.message->id == "fragment-not-contained") native.insert("ref-1 " + parent_of(issue.path));
    }
    context_.set_resource(document.root());
    context_.set_root_resource(document.root());
    const bool has_inner =
        text.find("\"Bundle\"") != std::string::npos || text.find("\"Parameters\"") != std::string::npos;
    visit(document.root(), native, !has_inner);
  }

  std::size_t nodes = 0;
  std::size_t failing = 0;

 private:
  static std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('.')); }

  void visit(Node node, const std::set<std::string>& native, bool check_references) {
    if (node.type() == fhir::TypeId::none) return;
    ++nodes;
    const fhir::TypeInfo& type = fhir::Schema::r4().type(node.type());
    if (type.kind != fhir::TypeKind::resource) agree(node, "ele-1", ele1_, native);
    if (type.name == "Extension") agree(node, "ext-1", ext1_, native);
    // Of a reference that is absent, or that is # alone, R4's ref-1 says nothing sensible.
    const Node reference = type.name == "Reference" ? node.child("reference") : Node();
    if (reference && reference.text().size() > 1 && check_references) agree(node, "ref-1", ref1_, native);
    for (const Node child : node.children()) visit(child, native, check_references);
  }

  void agree(Node node, const std::string& key, const CompiledInvariant& invariant,
             const std::set<std::string>& native) {
    ASSERT_NE(invariant.expression, nullptr);
    const auto holds = invariant.expression->holds(node, context_);
    ASSERT_TRUE(holds.has_value()) << key;
    if (!*holds) ++failing;
    if (*holds && native.empty()) return;
    EXPECT_EQ(native.contains(key + " " + node.path()), !*holds) << key << " at " << node.path();
  }

  static CompiledInvariant compiled(std::string_view key, std::string_view expression) {
    return compile_invariant(fhir::Schema::r4(), {}, key, "", true, expression);
  }

  const CompiledInvariant ele1_ = compiled("ele-1", "hasValue() or (children().count() > id.count())");
  const CompiledInvariant ext1_ = compiled("ext-1", "extension.exists() != value.exists()");
  const CompiledInvariant ref1_ =
      compiled("ref-1", "reference.startsWith('#').not() or (reference.substring(1) in %rootResource.contained.id)");
  Validator validator_{fhir::Schema::r4()};
  ValidationSession session_{validator_};
  fhir::DocumentParser parser_;
  fhirpath::EvaluationContext context_;
};

TEST_F(NativeInvariants, agree_with_fhirpath_on_synthetic_patients) {
  const auto bulk = meridian::testing::shared_data(testing::kBulkArchive);
  if (!bulk) GTEST_SKIP() << "the outside data is not on this machine";
  for (const std::string& resource : testing::bulk_resources(bulk->string(), 3000)) compare(resource);
  EXPECT_GT(nodes, 100'000U);
}

TEST_F(NativeInvariants, agree_with_fhirpath_on_the_validator_cases) {
  const auto archive = meridian::testing::shared_data("fhir-validator/fhir-test-cases-validator.tar.zst");
  if (!archive) GTEST_SKIP() << "the outside data is not on this machine";
  for (const std::string& text : testing::json_files(archive->string(), 5000)) {
    if (text.size() < 200'000) compare(text);
  }
  EXPECT_GT(nodes, 50'000U);
  EXPECT_GT(failing, 5U);
}

}  // namespace
}  // namespace meridian::validation::internal
