#include "terminology/service.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "terminology/expansion.hpp"
#include "terminology/library.hpp"
#include "terminology/questions.hpp"
#include "terminology/testing/shelf.hpp"

namespace meridian::terminology {
namespace {

using fhirpath::Answer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;
using Relation = search::CodeSets::Relation;

constexpr std::string_view kDiseases = "http://example.org/diseases";
constexpr std::string_view kInfections = "http://example.org/infections";

class Terms : public ::testing::Test {
 protected:
  void SetUp() override {
    testing::put(library, "CodeSystem/d", testing::diseases_json());
    testing::put(library, "ValueSet/i", testing::value_set_json());
    testing::put(library, "ConceptMap/m", testing::concept_map_json());
    library.publish();
  }
  SnapshotPtr now() const { return service.snapshot(); }
  std::vector<std::string> codes(std::string_view set, const ExpansionRequest& request = {}) const {
    const SnapshotPtr snapshot = now();
    const auto composed = snapshot->code_set(set);
    EXPECT_TRUE(composed.has_value());
    const auto expansion = expand(**composed, *snapshot, request);
    EXPECT_TRUE(expansion.has_value()) << expansion.error().message();
    std::vector<std::string> all;
    for (const ExpandedCode& code : expansion->codes) all.emplace_back(code.code);
    return all;
  }
  Service service;
  Library library{service};
};

TEST_F(Terms, gives_search_the_codes_of_a_value_set_and_around_a_code) {
  EXPECT_THAT(*service.codes(Relation::in, kInfections),
              UnorderedElementsAre(Pair(kDiseases, "pneumonia"), Pair(kDiseases, "sepsis"), Pair(kDiseases, "asthma")));
  EXPECT_THAT(*service.codes(Relation::below, "http://example.org/diseases|lung"),
              UnorderedElementsAre(Pair(kDiseases, "lung"), Pair(kDiseases, "pneumonia"), Pair(kDiseases, "asthma")));
  EXPECT_THAT(*service.codes(Relation::above, "pneumonia"),
              UnorderedElementsAre(Pair(kDiseases, "pneumonia"), Pair(kDiseases, "infection"), Pair(kDiseases, "lung"),
                                   Pair(kDiseases, "disease")));
}

TEST_F(Terms, says_what_search_cannot_be_given) {
  EXPECT_EQ(service.codes(Relation::in, "http://example.org/none").error().code(), ErrorCode::not_found);
  EXPECT_EQ(service.codes(Relation::below, "http://example.org/diseases|none").error().code(), ErrorCode::not_found);
  // Codes of the SNOMED CT that is not here may be in it.
  EXPECT_EQ(service.codes(Relation::in, "http://hl7.org/fhir/ValueSet/condition-code").error().code(),
            ErrorCode::too_costly);
}

TEST_F(Terms, answers_fhirpath) {
  EXPECT_EQ(service.member_of({kDiseases, {}, "sepsis"}, kInfections), Answer::yes);
  EXPECT_EQ(service.member_of({kDiseases, {}, "lung"}, kInfections), Answer::no);
  EXPECT_EQ(service.member_of({{}, {}, "asthma"}, kInfections), Answer::yes);
  EXPECT_EQ(service.member_of({kDiseases, {}, "sepsis"}, "http://example.org/none"), Answer::unknown);
  EXPECT_EQ(service.subsumes({kDiseases, {}, "lung"}, {kDiseases, {}, "pneumonia"}), Answer::yes);
  EXPECT_EQ(service.subsumes({kDiseases, {}, "pneumonia"}, {kDiseases, {}, "lung"}), Answer::no);
  EXPECT_EQ(service.subsumes({"http://none", {}, "a"}, {"http://none", {}, "b"}), Answer::unknown);
}

TEST_F(Terms, knows_the_specification) {
  constexpr std::string_view kGender = "http://hl7.org/fhir/administrative-gender";
  EXPECT_EQ(service.member_of({kGender, {}, "female"}, "http://hl7.org/fhir/ValueSet/administrative-gender"),
            Answer::yes);
  EXPECT_EQ(service.member_of({kGender, {}, "bee"}, "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"),
            Answer::no);
  EXPECT_THAT(codes("http://hl7.org/fhir/ValueSet/administrative-gender"),
              UnorderedElementsAre("male", "female", "other", "unknown"));
  EXPECT_EQ(service.subsumes({"http://terminology.hl7.org/CodeSystem/v3-RoleCode", {}, "CHILD"},
                             {"http://terminology.hl7.org/CodeSystem/v3-RoleCode", {}, "SON"}),
            Answer::yes);
}

TEST_F(Terms, composes_every_value_set_of_the_specification_as_the_schema_has_it) {
  const fhir::Schema& schema = fhir::Schema::r4();
  std::size_t compared = 0;
  for (const fhir::ValueSetInfo& info : schema.value_sets()) {
    const auto set = now()->code_set(info.url);
    ASSERT_TRUE(set.has_value()) << info.url;
    EXPECT_EQ((*set)->size(), info.member_count) << info.url;
    for (const SystemCodes& codes : (*set)->systems()) {
      for (const terminology::Run run : codes.sure.runs()) {
        for (CodeNumber n = run.begin; n < run.end; ++n, ++compared) {
          ASSERT_EQ(schema.contains(info.id, codes.system, codes.known->code(n)), fhir::Membership::in) << info.url;
        }
      }
    }
  }
  EXPECT_GT(compared, 5'000U);
}

TEST_F(Terms, takes_what_was_given_before_the_specification) {
  testing::put(library, "ValueSet/g", R"({"resourceType":"ValueSet","status":"active",
    "url":"http://hl7.org/fhir/ValueSet/administrative-gender","compose":{"include":[
    {"system":"http://hl7.org/fhir/administrative-gender","concept":[{"code":"other"}]}]}})");
  library.publish();
  EXPECT_THAT(codes("http://hl7.org/fhir/ValueSet/administrative-gender"), ElementsAre("other"));
  library.remove("ValueSet/g");
  library.publish();
  EXPECT_EQ(codes("http://hl7.org/fhir/ValueSet/administrative-gender").size(), 4U);
}

TEST_F(Terms, keeps_a_snapshot_as_it_is_for_whoever_holds_it) {
  const SnapshotPtr before = now();
  library.remove("ValueSet/i");
  library.publish();
  EXPECT_TRUE(before->code_set(kInfections).has_value());
  EXPECT_FALSE(now()->code_set(kInfections).has_value());
}

TEST_F(Terms, takes_the_newest_version_unless_one_is_asked_for) {
  testing::put(library, "CodeSystem/d2", R"({"resourceType":"CodeSystem","status":"active","content":"complete",
    "url":"http://example.org/diseases","version":"2.10","concept":[{"code":"new"}]})");
  library.publish();
  EXPECT_TRUE(now()->code_system(kDiseases)->find("new"));
  EXPECT_TRUE(now()->code_system("http://example.org/diseases|2.1")->find("sepsis"));
  EXPECT_EQ(now()->code_system(kDiseases, "3"), nullptr);
  EXPECT_TRUE(is_newer("2.10", "2.9"));
  EXPECT_FALSE(is_newer("2.9", "2.10"));
  EXPECT_TRUE(is_newer("2.1.1", "2.1"));
  EXPECT_FALSE(is_newer("", "1"));
}

TEST_F(Terms, has_the_implicit_value_set_of_a_system) {
  EXPECT_EQ(codes("http://example.org/diseases/all").size(), 7U);
  ExpansionRequest active;
  active.active_only = true;
  EXPECT_EQ(codes("http://example.org/diseases/all", active).size(), 6U);
}

TEST_F(Terms, expands_by_pages_and_by_words_in_both_languages) {
  ExpansionRequest page;
  page.count = 1;
  page.offset = 1;
  EXPECT_EQ(codes(kInfections, page).size(), 1U);
  page.offset = 3;
  EXPECT_THAT(codes(kInfections, page), IsEmpty());
  ExpansionRequest words;
  words.filter = "PNEU";
  EXPECT_THAT(codes(kInfections, words), ElementsAre("pneumonia"));
  words.filter = "lung dis";
  EXPECT_THAT(codes("http://example.org/diseases/all", words), ElementsAre("lung"));
  words.filter = "ung";  // in the middle of a word
  EXPECT_THAT(codes("http://example.org/diseases/all", words), IsEmpty());
  words.filter = "毒";
  EXPECT_THAT(codes(kInfections, words), ElementsAre("sepsis"));
  ExpansionRequest limited;
  limited.max_codes = 2;
  const SnapshotPtr snapshot = now();
  EXPECT_EQ(expand(**snapshot->code_set(kInfections), *snapshot, limited).error().code(), ErrorCode::too_costly);
}

TEST_F(Terms, names_codes_in_the_language_asked_for) {
  const SnapshotPtr snapshot = now();
  ExpansionRequest request;
  request.language = "zh";
  request.with_designations = true;
  const auto set = *snapshot->code_set(kInfections);
  const Expansion expansion = *expand(*set, *snapshot, request);
  std::map<std::string, std::string> names;
  for (const ExpandedCode& code : expansion.codes) names[std::string(code.code)] = code.display;
  EXPECT_EQ(names["pneumonia"], "肺炎");
  EXPECT_EQ(names["asthma"], "Asthma, any");  // as the value set words it
}

TEST_F(Terms, takes_names_from_supplements) {
  testing::put(library, "CodeSystem/s", R"({"resourceType":"CodeSystem","status":"active","content":"supplement",
    "url":"http://example.org/names","supplements":"http://example.org/diseases","language":"zh",
    "concept":[{"code":"asthma","display":"哮喘"}]})");
  library.publish();
  const SnapshotPtr snapshot = now();
  const Found asthma = *lookup(*snapshot, {kDiseases, {}, "asthma"});
  EXPECT_EQ(snapshot->display(*asthma.system, asthma.number, "zh-CN"), "哮喘");
  EXPECT_EQ(snapshot->display(*asthma.system, asthma.number, "en"), "Asthma");
  EXPECT_EQ(snapshot->display(*asthma.system, asthma.number, {}), "Asthma");
}

TEST_F(Terms, validates_codes_and_their_names) {
  using Kind = Verdict::Kind;
  const auto in_system = [&](std::string_view system, std::string_view code, std::string_view display = {}) {
    return validate_in_system(*now(), {system, {}, code}, display, {})->kind;
  };
  EXPECT_EQ(in_system(kDiseases, "sepsis", "sepsis"), Kind::valid);
  EXPECT_EQ(in_system(kDiseases, "sepsis", "脓毒症"), Kind::valid);
  EXPECT_EQ(in_system(kDiseases, "sepsis", "Cough"), Kind::wrong_display);
  EXPECT_EQ(in_system(kDiseases, "none"), Kind::not_in);
  EXPECT_EQ(in_system(kUcum, "mg/dL"), Kind::valid);
  EXPECT_EQ(in_system(kUcum, "mg//"), Kind::not_in);
  EXPECT_EQ(validate_in_system(*now(), {"http://none", {}, "x"}, {}, {}).error().code(), ErrorCode::not_found);
  const CodeSetPtr set = *now()->code_set(kInfections);
  const Verdict found = *validate_in_set(*now(), *set, {{}, {}, "asthma"}, {}, {});
  EXPECT_EQ(found.kind, Kind::valid);
  EXPECT_EQ(found.system, kDiseases);
  EXPECT_EQ(validate_in_set(*now(), *set, {kDiseases, {}, "lung"}, {}, {})->kind, Kind::not_in);
}

TEST_F(Terms, compares_codes) {
  const auto order = [&](std::string_view a, std::string_view b) { return *compare(*now(), kDiseases, {}, a, b); };
  EXPECT_EQ(order("lung", "pneumonia"), Order::subsumes);
  EXPECT_EQ(order("pneumonia", "infection"), Order::subsumed_by);
  EXPECT_EQ(order("lung", "infection"), Order::not_subsumed);
  EXPECT_EQ(order("lung", "lung"), Order::equivalent);
  EXPECT_EQ(compare(*now(), kDiseases, {}, "lung", "x").error().code(), ErrorCode::not_found);
}

TEST_F(Terms, translates_both_ways) {
  TranslationRequest request;
  request.code = {kDiseases, {}, "pneumonia"};
  std::vector<Translated> found = translate(*now(), nullptr, request);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].mapping.target_code, "P");
  EXPECT_EQ(found[0].mapping.equivalence, "wider");
  EXPECT_EQ(found[0].map, "http://example.org/map");
  request.code.code = "sepsis";
  found = translate(*now(), nullptr, request);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_FALSE(is_match(found[0].mapping));
  request.code.code = "asthma";
  EXPECT_EQ(translate(*now(), nullptr, request).at(0).mapping.target_code, "X");
  request.code = {"http://example.org/letters", {}, "P"};
  request.is_reverse = true;
  found = translate(*now(), now()->concept_map("http://example.org/map").get(), request);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].mapping.target_code, "pneumonia");
  EXPECT_EQ(found[0].mapping.equivalence, "narrower");
}

}  // namespace
}  // namespace meridian::terminology
