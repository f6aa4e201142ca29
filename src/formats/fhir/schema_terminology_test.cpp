#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "formats/fhir/schema.hpp"

namespace meridian::fhir {
namespace {

using ::testing::ElementsAre;

const Schema& r4() {
  return Schema::r4();
}

constexpr std::string_view kGender = "http://hl7.org/fhir/administrative-gender";
constexpr std::string_view kActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
constexpr std::string_view kTable203 = "http://terminology.hl7.org/CodeSystem/v2-0203";

CodeSystemId system(std::string_view url) {
  const CodeSystemId id = r4().find_code_system(url);
  EXPECT_NE(id, CodeSystemId::none) << url;
  return id;
}

ValueSetId set(std::string_view name) {
  const ValueSetId id = r4().find_value_set("http://hl7.org/fhir/ValueSet/" + std::string(name));
  EXPECT_NE(id, ValueSetId::none) << name;
  return id;
}

bool subsumes(CodeSystemId id, std::string_view ancestor, std::string_view code) {
  return r4().subsumes(id, r4().find_code(id, ancestor).value(), r4().find_code(id, code).value());
}

TEST(CodeSystems, are_found_by_url_and_version) {
  EXPECT_EQ(r4().code_system(system(kGender)).name, "AdministrativeGender");
  EXPECT_EQ(r4().find_code_system(std::string(kGender) + "|4.0.1"), system(kGender));
  EXPECT_EQ(r4().find_code_system(std::string(kGender) + "|3.0.0"), CodeSystemId::none);
  EXPECT_EQ(r4().find_code_system("http://example.org/none"), CodeSystemId::none);
  EXPECT_EQ(r4().find_code_system(""), CodeSystemId::none);
}

TEST(CodeSystems, give_codes_their_display) {
  const CodeSystemId gender = system(kGender);
  EXPECT_EQ(r4().code_system(gender).code_count, 4U);
  EXPECT_EQ(r4().code(gender, r4().find_code(gender, "female").value()).display, "Female");
  EXPECT_FALSE(r4().find_code(gender, "feminine"));
  EXPECT_FALSE(r4().find_code(gender, ""));
}

TEST(CodeSystems, find_every_code_they_list) {
  for (const CodeSystemInfo& info : r4().code_systems())
    for (std::uint32_t i = 0; i < info.code_count; ++i) {
      const CodeInfo code = r4().code(info.id, i);
      ASSERT_EQ(r4().find_code(info.id, code.code), i) << info.url << " " << code.code;
    }
}

TEST(CodeSystems, mind_case_only_where_they_say_so) {
  EXPECT_FALSE(r4().find_code(system(kGender), "FEMALE"));
  EXPECT_FALSE(r4().code_system(system(kTable203)).is_case_sensitive);
  EXPECT_EQ(r4().find_code(system(kTable203), "mr"), r4().find_code(system(kTable203), "MR"));
}

TEST(CodeSystems, tell_whether_all_codes_are_here) {
  EXPECT_TRUE(r4().code_system(system(kGender)).is_complete);
  EXPECT_FALSE(r4().code_system(system("http://snomed.info/sct")).is_complete);
  EXPECT_FALSE(r4().code_system(system("http://terminology.hl7.org/CodeSystem/service-type")).is_complete);
}

TEST(CodeSystems, keep_their_hierarchy) {
  const CodeSystemId act_code = system(kActCode);
  EXPECT_TRUE(subsumes(act_code, "_ActEncounterCode", "AMB"));
  EXPECT_TRUE(subsumes(act_code, "AMB", "AMB"));
  EXPECT_FALSE(subsumes(act_code, "AMB", "_ActEncounterCode"));
  EXPECT_FALSE(subsumes(act_code, "_ActEncounterCode", "_ActAccountCode"));
  EXPECT_EQ(r4().code(system(kGender), 0).parent, CodeInfo::kNoParent);
}

TEST(CodeSystems, know_second_parents) {
  const CodeSystemId routes = system("http://terminology.hl7.org/CodeSystem/v3-RouteOfAdministration");
  EXPECT_TRUE(subsumes(routes, "_RouteByMethod", "PO"));
  EXPECT_TRUE(subsumes(routes, "_RouteBySite", "PO"));
}

TEST(ValueSets, are_found_by_url_and_version) {
  EXPECT_EQ(r4().find_value_set("http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"),
            set("administrative-gender"));
  EXPECT_EQ(r4().find_value_set("http://hl7.org/fhir/ValueSet/administrative-gender|5.0.0"), ValueSetId::none);
  EXPECT_EQ(r4().find_value_set("http://example.org/none"), ValueSetId::none);
}

TEST(ValueSets, know_their_members) {
  const ValueSetId genders = set("administrative-gender");
  EXPECT_TRUE(r4().value_set(genders).is_enumerated);
  EXPECT_EQ(r4().value_set(genders).member_count, 4U);
  EXPECT_EQ(r4().contains(genders, kGender, "other"), Membership::in);
  EXPECT_EQ(r4().contains(genders, "", "other"), Membership::in);
  EXPECT_EQ(r4().contains(genders, kGender, "divers"), Membership::not_in);
  EXPECT_EQ(r4().contains(genders, "http://example.org", "other"), Membership::not_in);
  EXPECT_EQ(r4().contains(genders, "", "Other"), Membership::not_in);
  EXPECT_EQ(r4().contains(set("observation-status"), "", "entered-in-error"), Membership::in);
}

TEST(ValueSets, hold_subtrees_of_code_systems) {
  const ValueSetId classes = r4().find_value_set("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode");
  ASSERT_NE(classes, ValueSetId::none);
  EXPECT_EQ(r4().contains(classes, kActCode, "IMP"), Membership::in);
  EXPECT_EQ(r4().contains(classes, kActCode, "ACUTE"), Membership::in);  // below IMP
  EXPECT_EQ(r4().contains(classes, kActCode, "ACCTRECEIVABLE"), Membership::not_in);
}

TEST(ValueSets, list_codes_of_systems_that_are_not_here) {
  const ValueSetId languages = set("languages");
  EXPECT_TRUE(r4().value_set(languages).is_enumerated);
  EXPECT_EQ(r4().contains(languages, "urn:ietf:bcp:47", "zh-CN"), Membership::in);
  EXPECT_EQ(r4().contains(languages, "urn:ietf:bcp:47", "tlh"), Membership::not_in);
}

TEST(ValueSets, admit_what_they_cannot_know) {
  const ValueSetId types = set("mimetypes");
  EXPECT_FALSE(r4().value_set(types).is_enumerated);
  EXPECT_THAT(r4().value_set(types).unknown_systems, ElementsAre("urn:ietf:bcp:13"));
  EXPECT_EQ(r4().contains(types, "", "text/plain"), Membership::unknown);
  EXPECT_EQ(r4().contains(types, "urn:ietf:bcp:13", "text/plain"), Membership::unknown);
  EXPECT_EQ(r4().contains(types, kGender, "male"), Membership::not_in);
  EXPECT_EQ(r4().contains(set("condition-code"), "http://snomed.info/sct", "160245001"), Membership::in);
  EXPECT_EQ(r4().contains(set("condition-code"), "http://snomed.info/sct", "1"), Membership::unknown);
}

TEST(ValueSets, that_import_what_is_missing_may_hold_anything) {
  EXPECT_EQ(r4().contains(set("media-modality"), "http://example.org", "x"), Membership::unknown);
}

TEST(ValueSets, leave_excluded_codes_out) {
  const ValueSetId encounters = r4().find_value_set("http://terminology.hl7.org/ValueSet/v3-ActEncounterCode");
  EXPECT_EQ(r4().contains(encounters, kActCode, "AMB"), Membership::in);
  EXPECT_EQ(r4().contains(encounters, kActCode, "_ActEncounterCode"), Membership::not_in);
  const ValueSetId relations = set("patient-contactrelationship");
  EXPECT_EQ(r4().contains(relations, "http://terminology.hl7.org/CodeSystem/v2-0131", "N"), Membership::in);
  EXPECT_EQ(r4().contains(relations, "http://terminology.hl7.org/CodeSystem/v2-0131", "O"), Membership::not_in);
}

TEST(ValueSets, take_other_letters_where_the_system_does) {
  const ValueSetId types = r4().find_value_set("http://terminology.hl7.org/ValueSet/v2-0203");
  ASSERT_NE(types, ValueSetId::none);
  EXPECT_EQ(r4().contains(types, kTable203, "MR"), Membership::in);
  EXPECT_EQ(r4().contains(types, kTable203, "mr"), Membership::in);
  EXPECT_EQ(r4().contains(types, kTable203, "mrx"), Membership::not_in);
}

}  // namespace
}  // namespace meridian::fhir
