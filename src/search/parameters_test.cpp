// The search parameters of R4, and those that users add.
#include "search/parameters.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "formats/fhir/testing/documents.hpp"

namespace meridian::search {
namespace {

using fhir::SearchType;
using fhir::TypeId;

const fhir::Schema& schema() {
  return fhir::Schema::r4();
}
TypeId type(std::string_view name) {
  return schema().find_type(name);
}
const Parameter* r4(std::string_view type_name, std::string_view code) {
  return Parameters::r4()->find(type(type_name), code);
}

TEST(Parameters, every_parameter_of_r4_is_there_for_each_of_its_types) {
  std::size_t count = 0;
  for (const fhir::SearchParameterInfo& info : schema().search_parameters()) {
    if (info.code == "_query") continue;
    for (const TypeId base : info.bases) {
      if (schema().type(base).is_abstract) continue;
      const Parameter* parameter = Parameters::r4()->find(base, info.code);
      ASSERT_NE(parameter, nullptr) << info.url;
      EXPECT_EQ(parameter->kind, info.type) << info.url;
      EXPECT_EQ(parameter->compiled != nullptr, !info.expression.empty()) << info.url;
      EXPECT_EQ(parameter->components.size(), info.components.size()) << info.url;
      ++count;
    }
  }
  EXPECT_GT(count, 1400U);
}

TEST(Parameters, those_of_resource_are_found_on_every_concrete_type_and_on_no_abstract_one) {
  for (const fhir::TypeInfo& info : schema().types()) {
    if (info.kind != fhir::TypeKind::resource || info.is_profile) continue;
    const bool is_concrete = !info.is_abstract;
    for (const std::string_view code :
         {"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source", "_content"}) {
      EXPECT_EQ(Parameters::r4()->find(info.id, code) != nullptr, is_concrete) << info.name << " " << code;
    }
  }
  EXPECT_NE(r4("Patient", "_text"), nullptr);
  EXPECT_EQ(r4("Bundle", "_text"), nullptr);  // no DomainResource
  EXPECT_TRUE(Parameters::r4()->of(type("DomainResource")).empty());
  EXPECT_TRUE(Parameters::r4()->of(TypeId::none).empty());
}

TEST(Parameters, of_a_type_come_by_code_each_once) {
  const auto all = Parameters::r4()->of(type("Observation"));
  std::set<std::string> codes;
  std::string before;
  for (const Parameter* parameter : all) {
    EXPECT_LT(before, parameter->code);
    before = parameter->code;
    codes.insert(parameter->code);
    EXPECT_EQ(parameter->type, type("Observation"));
  }
  EXPECT_EQ(codes.size(), all.size());
  EXPECT_GE(all.size(), 40U);
}

TEST(Parameters, components_of_a_composite_lead_to_parameters_of_the_same_type) {
  const Parameter* composite = r4("Observation", "code-value-quantity");
  ASSERT_NE(composite, nullptr);
  ASSERT_EQ(composite->components.size(), 2U);
  EXPECT_EQ(composite->components[0].definition, r4("Observation", "code"));
  EXPECT_EQ(composite->components[1].definition, r4("Observation", "value-quantity"));
}

TEST(Parameters, compartments_name_the_reference_parameters_of_each_type) {
  std::set<std::string> codes;
  for (const Parameter* parameter : Parameters::r4()->compartment("Patient", type("Observation"))) {
    codes.insert(parameter->code);
  }
  EXPECT_EQ(codes, (std::set<std::string>{"subject", "performer"}));
  EXPECT_TRUE(Parameters::r4()->compartment("Patient", type("ValueSet")).empty());
  EXPECT_TRUE(Parameters::r4()->compartment("Nobody", type("Observation")).empty());
  EXPECT_TRUE(Parameters::r4()->compartment("Patient", TypeId::none).empty());
}

std::shared_ptr<const Parameters> with(std::string_view json, Issues& issues) {
  const fhir::Document document = fhir::testing::parsed(json);
  return Parameters::with(Parameters::r4(), document.root(), issues);
}

TEST(Parameters, a_custom_parameter_joins_the_others) {
  Issues issues;
  const auto set =
      with(R"({"resourceType":"SearchParameter","url":"http://x.org/nickname","code":"nickname","base":["Patient"],
      "type":"string","expression":"Patient.name.where(use = 'nickname').given"})",
           issues);
  EXPECT_TRUE(issues.empty());
  const Parameter* parameter = set->find(type("Patient"), "nickname");
  ASSERT_NE(parameter, nullptr);
  EXPECT_EQ(parameter->kind, SearchType::string);
  EXPECT_EQ(set->find(type("Patient"), "birthdate"), r4("Patient", "birthdate"));
  EXPECT_EQ(r4("Patient", "nickname"), nullptr);
  EXPECT_EQ(set->find(type("Observation"), "nickname"), nullptr);
}

TEST(Parameters, a_custom_parameter_replaces_one_of_the_same_code) {
  Issues issues;
  const auto set =
      with(R"j({"resourceType":"SearchParameter","url":"http://x.org/b","code":"birthdate","base":["Patient"],
      "type":"date","expression":"Patient.birthDate | Patient.deceased.as(dateTime)"})j",
           issues);
  EXPECT_TRUE(issues.empty());
  EXPECT_EQ(set->find(type("Patient"), "birthdate")->url, "http://x.org/b");
  EXPECT_EQ(set->of(type("Patient")).size(), Parameters::r4()->of(type("Patient")).size());
}

TEST(Parameters, a_custom_composite_finds_its_components_by_their_urls) {
  Issues issues;
  const auto set =
      with(R"({"resourceType":"SearchParameter","url":"http://x.org/c","code":"code-date","base":["Observation"],
      "type":"composite","expression":"Observation","component":[
        {"definition":"http://hl7.org/fhir/SearchParameter/clinical-code","expression":"code"},
        {"definition":"http://hl7.org/fhir/SearchParameter/clinical-date","expression":"effective"}]})",
           issues);
  EXPECT_TRUE(issues.empty());
  ASSERT_NE(set->find(type("Observation"), "code-date"), nullptr);
  EXPECT_EQ(set->find(type("Observation"), "code-date")->components.size(), 2U);
}

struct Faulty {
  const char* name;
  const char* json;
  const char* issue;
};

class FaultyParameter : public ::testing::TestWithParam<Faulty> {};

TEST_P(FaultyParameter, is_refused_with_an_issue_and_the_set_stays_as_it_was) {
  Issues issues;
  const auto set = with(GetParam().json, issues);
  EXPECT_EQ(set, Parameters::r4());
  EXPECT_TRUE(issues.has_errors());
  EXPECT_EQ(fhir::testing::first_issue(issues), GetParam().issue);
}

INSTANTIATE_TEST_SUITE_P(
    All, FaultyParameter,
    ::testing::Values(
        Faulty{"another_type", R"({"resourceType":"Patient"})", "not-a-search-parameter"},
        Faulty{"no_code",
               R"({"resourceType":"SearchParameter","url":"u","base":["Patient"],"type":"string","expression":"name"})",
               "search-parameter-element-missing"},
        Faulty{"no_base",
               R"({"resourceType":"SearchParameter","url":"u","code":"c","type":"string","expression":"name"})",
               "search-parameter-element-missing"},
        Faulty{
            "a_base_that_is_none",
            R"({"resourceType":"SearchParameter","url":"u","code":"c","base":["Robot"],"type":"string","expression":"name"})",
            "search-parameter-base"},
        Faulty{
            "a_base_that_is_no_resource",
            R"({"resourceType":"SearchParameter","url":"u","code":"c","base":["HumanName"],"type":"string","expression":"x"})",
            "search-parameter-base"},
        Faulty{
            "a_code_with_a_colon",
            R"({"resourceType":"SearchParameter","url":"u","code":"a:b","base":["Patient"],"type":"string","expression":"name"})",
            "search-parameter-code"},
        Faulty{
            "a_code_like_those_of_the_server",
            R"({"resourceType":"SearchParameter","url":"u","code":"_id","base":["Patient"],"type":"string","expression":"name"})",
            "search-parameter-code"},
        Faulty{
            "a_kind_that_is_none",
            R"({"resourceType":"SearchParameter","url":"u","code":"c","base":["Patient"],"type":"magic","expression":"name"})",
            "search-parameter-kind"},
        Faulty{
            "an_expression_that_does_not_compile",
            R"({"resourceType":"SearchParameter","url":"u","code":"c","base":["Patient"],"type":"string","expression":"name..given"})",
            "search-parameter-expression"},
        Faulty{"a_component_that_is_not_known",
               R"({"resourceType":"SearchParameter","url":"u","code":"c","base":["Patient"],"type":"composite",
                   "expression":"Patient","component":[{"definition":"http://nowhere","expression":"name"}]})",
               "search-parameter-component"}),
    [](const auto& row) { return std::string(row.param.name); });

TEST(Parameters, an_expression_that_can_give_nothing_is_a_warning) {
  Issues issues;
  const auto set = with(R"({"resourceType":"SearchParameter","url":"u","code":"c","base":["Patient"],"type":"string",
      "expression":"Patient.colour"})",
                        issues);
  EXPECT_FALSE(issues.has_errors());
  EXPECT_EQ(fhir::testing::first_issue(issues), "search-parameter-gives-nothing");
  EXPECT_NE(set->find(type("Patient"), "c"), nullptr);
}

}  // namespace
}  // namespace meridian::search
