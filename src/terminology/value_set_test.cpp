#include "terminology/value_set.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/fhir/document.hpp"
#include "terminology/code_system_builder.hpp"
#include "terminology/definitions.hpp"

namespace meridian::terminology {
namespace {

using fhir::Membership;
using ::testing::UnorderedElementsAre;

/// A few systems and value sets, given as resources.
class Shelf : public Sources {
 public:
  void add(const std::string& json) {
    Issues issues;
    const fhir::Document document = fhir::DocumentParser().parse(json, issues);
    ASSERT_TRUE(document.has_root()) << json;
    if (document.schema().type(document.root().type()).name == "ValueSet") {
      ValueSet set = read_value_set(document.root());
      sets_[set.url] = std::move(set);
    } else {
      auto system = read_code_system(document.root(), issues);
      ASSERT_TRUE(system.has_value());
      systems_[(*system)->about().url] = *system;
    }
  }
  void add_set(const std::string& url, const std::string& compose) {
    add(R"({"resourceType":"ValueSet","status":"active","url":")" + url + R"(","compose":)" + compose + "}");
  }
  CodeSystemPtr code_system(std::string_view url, std::string_view /*version*/) const override {
    const auto found = systems_.find(std::string(url));
    return found == systems_.end() ? nullptr : found->second;
  }
  Grammar grammar(std::string_view system) const override {
    if (system != "http://digits") return nullptr;
    return [](std::string_view code) { return !code.empty() && code.find_first_not_of("0123456789") == code.npos; };
  }
  bool value_set(std::string_view canonical, CodeSetPtr& /*made*/, const ValueSet*& defined) const override {
    const auto found = sets_.find(std::string(canonical));
    if (found == sets_.end()) return false;
    defined = &found->second;
    return true;
  }
  Result<CodeSet> composed(const std::string& url) const { return compose(sets_.at(url), *this); }

  /// Codes that are in for sure.
  std::vector<std::string> codes(const std::string& url) const {
    const Result<CodeSet> set = composed(url);
    std::vector<std::string> all;
    EXPECT_TRUE(set.has_value());
    for (const SystemCodes& part : set->systems()) {
      for (const Run run : part.sure.runs()) {
        for (std::uint32_t n = run.begin; n < run.end; ++n) all.emplace_back(part.known->code(n));
      }
      for (const auto& [code, verdict] : part.listed) {
        if (verdict == Membership::in) all.push_back(code);
      }
    }
    return all;
  }

 private:
  std::map<std::string, CodeSystemPtr> systems_;
  std::map<std::string, ValueSet> sets_;
};

constexpr const char* kAnimals = R"({"resourceType":"CodeSystem","status":"active","content":"complete",
  "url":"http://a","concept":[{"code":"animal","display":"Animal","concept":[
    {"code":"cat","display":"Cat","property":[{"code":"legs","valueInteger":4}],
     "concept":[{"code":"lion","display":"Lion","property":[{"code":"status","valueCode":"retired"}]}]},
    {"code":"bird","display":"Bird","property":[{"code":"legs","valueInteger":2}]}]},{"code":"stone"}]})";

class Compose : public ::testing::Test {
 protected:
  Compose() { shelf.add(kAnimals); }
  std::vector<std::string> filtered(const std::string& property, const std::string& op, const std::string& value) {
    shelf.add_set("http://f", R"({"include":[{"system":"http://a","filter":[{"property":")" + property + R"(","op":")" +
                                  op + R"(","value":")" + value + R"("}]}]})");
    return shelf.codes("http://f");
  }
  Shelf shelf;
};

TEST_F(Compose, applies_every_filter_of_r4) {
  EXPECT_THAT(filtered("concept", "is-a", "cat"), UnorderedElementsAre("cat", "lion"));
  EXPECT_THAT(filtered("concept", "descendent-of", "animal"), UnorderedElementsAre("cat", "lion", "bird"));
  EXPECT_THAT(filtered("concept", "is-not-a", "cat"), UnorderedElementsAre("animal", "bird", "stone"));
  EXPECT_THAT(filtered("concept", "generalizes", "lion"), UnorderedElementsAre("animal", "cat", "lion"));
  EXPECT_THAT(filtered("concept", "in", "cat, stone,nothing"), UnorderedElementsAre("cat", "stone"));
  EXPECT_THAT(filtered("concept", "not-in", "cat,lion"), UnorderedElementsAre("animal", "bird", "stone"));
  EXPECT_THAT(filtered("code", "regex", "(li|st)on.?"), UnorderedElementsAre("lion", "stone"));
  EXPECT_THAT(filtered("display", "regex", ".*i.*"), UnorderedElementsAre("lion", "bird", "animal"));
}

TEST_F(Compose, applies_filters_to_properties) {
  EXPECT_THAT(filtered("legs", "=", "4"), UnorderedElementsAre("cat"));
  EXPECT_THAT(filtered("legs", "exists", "true"), UnorderedElementsAre("cat", "bird"));
  EXPECT_THAT(filtered("legs", "exists", "false"), UnorderedElementsAre("animal", "lion", "stone"));
  EXPECT_THAT(filtered("legs", "in", "2,8"), UnorderedElementsAre("bird"));
  EXPECT_THAT(filtered("legs", "not-in", "2,8"), UnorderedElementsAre("animal", "cat", "lion", "stone"));
  EXPECT_THAT(filtered("parent", "=", "animal"), UnorderedElementsAre("cat", "bird"));
  EXPECT_THAT(filtered("inactive", "=", "true"), UnorderedElementsAre("lion"));
}

TEST_F(Compose, leaves_open_what_it_does_not_understand) {
  EXPECT_THAT(filtered("wings", "=", "2"), UnorderedElementsAre());
  const auto set = shelf.composed("http://f");
  ASSERT_TRUE(set.has_value());
  EXPECT_FALSE(set->is_listable());
  EXPECT_EQ(set->contains("http://a", "cat"), Membership::unknown);
  EXPECT_EQ(set->contains("http://a", "no-code"), Membership::not_in);
  EXPECT_EQ(set->doubts().size(), 1U);
}

TEST_F(Compose, excludes_and_leaves_out_what_is_inactive) {
  shelf.add_set("http://v", R"({"inactive":false,"include":[{"system":"http://a"}],
                                "exclude":[{"system":"http://a","concept":[{"code":"bird"}]}]})");
  EXPECT_THAT(shelf.codes("http://v"), UnorderedElementsAre("animal", "cat", "stone"));
}

TEST_F(Compose, imports_value_sets_and_takes_what_all_of_them_have) {
  shelf.add_set("http://cats", R"({"include":[{"system":"http://a","filter":[
      {"property":"concept","op":"is-a","value":"cat"}]}]})");
  shelf.add_set("http://some", R"({"include":[{"system":"http://a","concept":[{"code":"lion"},{"code":"stone"}]}]})");
  shelf.add_set("http://both", R"({"include":[{"valueSet":["http://cats","http://some"]}]})");
  shelf.add_set("http://all", R"({"include":[{"valueSet":["http://cats"]},{"valueSet":["http://some"]}]})");
  EXPECT_THAT(shelf.codes("http://both"), UnorderedElementsAre("lion"));
  EXPECT_THAT(shelf.codes("http://all"), UnorderedElementsAre("cat", "lion", "stone"));
}

TEST_F(Compose, refuses_value_sets_that_include_each_other) {
  shelf.add_set("http://one", R"({"include":[{"valueSet":["http://two"]}]})");
  shelf.add_set("http://two", R"({"include":[{"valueSet":["http://one"]}]})");
  const auto set = shelf.composed("http://one");
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().code(), ErrorCode::unprocessable);
}

TEST_F(Compose, stops_at_its_limits) {
  for (int at = 0; at < 40; ++at) {
    shelf.add_set("http://" + std::to_string(at),
                  R"({"include":[{"valueSet":["http://)" + std::to_string(at + 1) + R"("]}]})");
  }
  const auto set = shelf.composed("http://0");
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().code(), ErrorCode::too_costly);
}

TEST_F(Compose, knows_what_it_does_not_know) {
  shelf.add_set("http://v", R"({"include":[{"system":"http://far","concept":[{"code":"x","display":"X"}]},
                                           {"system":"http://further"},{"system":"http://digits"}]})");
  const auto set = shelf.composed("http://v");
  ASSERT_TRUE(set.has_value());
  EXPECT_EQ(set->contains("http://far", "x"), Membership::in);
  EXPECT_EQ(set->contains("http://far", "y"), Membership::not_in);
  EXPECT_EQ(set->contains("http://further", "y"), Membership::unknown);
  EXPECT_EQ(set->contains("http://nowhere", "y"), Membership::not_in);
  EXPECT_EQ(set->contains("", "x"), Membership::in);
  EXPECT_EQ(set->contains("http://digits", "42"), Membership::in);
  EXPECT_EQ(set->contains("http://digits", "4x"), Membership::not_in);
}

TEST_F(Compose, does_not_take_codes_that_a_complete_system_lacks) {
  shelf.add_set("http://v", R"({"include":[{"system":"http://a","concept":[{"code":"cat"},{"code":"dragon"}]}]})");
  EXPECT_THAT(shelf.codes("http://v"), UnorderedElementsAre("cat"));
}

TEST_F(Compose, takes_an_expansion_without_compose_as_the_set) {
  shelf.add(R"({"resourceType":"ValueSet","status":"active","url":"http://e","expansion":{"timestamp":"2020-01-01",
      "contains":[{"system":"http://a","code":"cat","contains":[{"system":"http://far","code":"x"}]}]}})");
  EXPECT_THAT(shelf.codes("http://e"), UnorderedElementsAre("cat", "x"));
}

}  // namespace
}  // namespace meridian::terminology
