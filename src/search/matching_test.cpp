// What searches mean: the examples of the specification, kind by kind, asked of matching and of the index alike.
#include "search/matching.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "formats/fhir/testing/documents.hpp"
#include "search/terms.hpp"
#include "search/testing/entries_index.hpp"

namespace meridian::search {
namespace {

/// The resources by the names that rows of the table use: type, then JSON of its elements.
const std::map<std::string, std::string>& resources() {
  static const std::map<std::string, std::string> kResources{
      {"chen", R"j({"resourceType":"Patient","id":"chen","active":true,"gender":"male","birthDate":"1970-03-05",
        "name":[{"family":"Chén","given":["Li Wei"],"text":"CHEN  Li Wei"},{"family":"陈","given":["立伟"]}],
        "identifier":[{"system":"http://x.org/mrn","value":"A17","type":{"text":"Medical record",
          "coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}]}},{"value":"bare"}],
        "telecom":[{"system":"phone","value":"555-0100"}],
        "generalPractitioner":[{"reference":"Practitioner/9/_history/2","display":"Dr. Müller"},
          {"identifier":{"system":"http://x.org/npi","value":"77"}}],
        "meta":{"profile":["http://x.org/StructureDefinition/p|2.0"],"lastUpdated":"2024-05-01T10:00:00Z"},
        "text":{"status":"generated","div":"<div>Peanut &amp; egg, 高血压病史</div>"}})j"},
      {"nobody", R"({"resourceType":"Patient","id":"nobody"})"},
      {"pressure", R"({"resourceType":"Observation","id":"pressure","status":"final",
        "code":{"coding":[{"system":"http://loinc.org","code":"85354-9","display":"Blood pressure panel"}],"text":"RR"},
        "subject":{"reference":"Patient/chen"},"effectiveDateTime":"2013-01-14",
        "component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},
            "valueQuantity":{"value":107,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}},
          {"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},
            "valueQuantity":{"value":60,"unit":"mmHg","system":"http://unitsofmeasure.org","code":"mm[Hg]"}}]})"},
      {"weight", R"({"resourceType":"Observation","id":"weight","status":"amended","code":{"coding":[{"code":"local"}]},
        "subject":{"reference":"http://other.org/fhir/Patient/1"},"effectivePeriod":{"start":"2013-01-10","end":"2013-01-20"},
        "valueQuantity":{"value":5.40,"unit":"kilo","system":"http://unitsofmeasure.org","code":"kg"}})"},
      {"open", R"({"resourceType":"Encounter","id":"open","status":"in-progress","class":{"code":"IMP"},
        "period":{"start":"2020-01-01T08:00:00Z"}})"},
      {"risk", R"({"resourceType":"RiskAssessment","id":"risk","status":"final","subject":{"reference":"Patient/chen"},
        "prediction":[{"probabilityDecimal":100.2}]})"},
      {"set", R"({"resourceType":"ValueSet","id":"set","status":"active","url":"http://x.org/fhir/ValueSet/123"})"},
      {"answers", R"({"resourceType":"QuestionnaireResponse","id":"answers","status":"completed",
        "questionnaire":"http://x.org/q|1.2.3"})"},
      {"beijing", R"({"resourceType":"Location","id":"beijing","position":{"longitude":116.4,"latitude":39.9}})"},
  };
  return kResources;
}

struct Row {
  const char* resource;
  const char* code;
  Modifier modifier;
  Prefix prefix;
  const char* operand;  ///< components of a composite joined by $
  bool matches;
};

class Meaning : public ::testing::TestWithParam<Row> {};

Condition condition_of(const Row& row, fhir::TypeId type) {
  Condition condition;
  condition.parameter = Parameters::r4()->find(type, row.code);
  condition.modifier = row.modifier;
  Operand operand;
  operand.prefix = row.prefix;
  operand.text = row.operand;
  if (condition.parameter != nullptr && condition.parameter->kind == fhir::SearchType::composite) {
    const std::size_t dollar = operand.text.find('$');
    operand.components.push_back({Prefix::eq, operand.text.substr(0, dollar), {}});
    operand.components.push_back({row.prefix, operand.text.substr(dollar + 1), {}});
  }
  condition.operands.push_back(std::move(operand));
  return condition;
}

TEST_P(Meaning, holds_for_matching_and_for_the_index) {
  const Row& row = GetParam();
  const fhir::Document document = fhir::testing::parsed(resources().at(row.resource));
  ASSERT_TRUE(document.has_root());
  Condition condition = condition_of(row, document.root().type());
  ASSERT_NE(condition.parameter, nullptr);
  Reading reading;
  reading.now = Instant::parse("2013-03-14T00:00:00Z").value();
  Matcher matcher(*Parameters::r4(), nullptr, nullptr, reading);
  const Result<bool> matched = matcher.matches(document.root(), condition);
  ASSERT_TRUE(matched) << matched.error().message();
  EXPECT_EQ(*matched, row.matches) << row.code << "=" << row.operand;

  if (condition.parameter->code == "_lastUpdated") return;  // not the index's to answer
  Extractor extractor(Parameters::r4());
  index::Entries entries;
  extractor.extract(document.root(), row.resource, entries);
  testing::EntriesIndex index;
  index.add(0, entries);
  const Result<Probe> asked = probe(*Parameters::r4(), condition, nullptr, reading);
  ASSERT_TRUE(asked) << asked.error().message();
  if (condition.modifier == Modifier::not_) condition.modifier = Modifier::none;
  const auto look = [&](std::uint64_t) { return matcher.matches(document.root(), condition).value(); };
  EXPECT_EQ(index.answer(*asked, {0}, look).contains(0), row.matches) << row.code << "=" << row.operand;
}

using enum Modifier;
using P = Prefix;

// https://hl7.org/fhir/R4/search.html#string
INSTANTIATE_TEST_SUITE_P(string, Meaning,
                         ::testing::Values(Row{"chen", "family", none, P::eq, "chen", true},  // without accent and case
                                           Row{"chen", "family", none, P::eq, "CHÉ", true},   // the beginning is enough
                                           Row{"chen", "family", none, P::eq, "hen", false},  // the middle is not
                                           Row{"chen", "family", none, P::eq, "ＣＨＥＮ", true},  // full-width forms
                                           Row{"chen", "name", none, P::eq, "chen li", true},     // white space folded
                                           Row{"chen", "name", none, P::eq, "陈立伟", true},      // written as one
                                           Row{"chen", "given", none, P::eq, "陈", false},        //
                                           Row{"chen", "name", contains, P::eq, "LI W", true},    //
                                           Row{"chen", "name", contains, P::eq, "立", true},      //
                                           Row{"chen", "name", contains, P::eq, "xyz", false},    //
                                           Row{"chen", "family", exact, P::eq, "Chén", true},     //
                                           Row{"chen", "family", exact, P::eq, "Chen", false},    //
                                           Row{"chen", "family", exact, P::eq, "chén", false},    //
                                           Row{"chen", "family", equals, P::eq, "chen", true},    //
                                           Row{"chen", "family", equals, P::eq, "che", false},    //
                                           Row{"chen", "family", ends_with, P::eq, "EN", true},   //
                                           Row{"chen", "family", missing, P::eq, "false", true},  //
                                           Row{"nobody", "family", missing, P::eq, "true", true},
                                           Row{"chen", "_text", none, P::eq, "peanut egg", true},
                                           Row{"chen", "_text", none, P::eq, "peanut milk", false},
                                           Row{"chen", "_text", none, P::eq, "血压", true},  //
                                           Row{"chen", "_text", none, P::eq, "高", true},    //
                                           Row{"chen", "_text", none, P::eq, "血糖", false},
                                           Row{"chen", "_content", none, P::eq, "wei müller", true}));

// https://hl7.org/fhir/R4/search.html#token
INSTANTIATE_TEST_SUITE_P(
    token, Meaning,
    ::testing::Values(
        Row{"chen", "identifier", none, P::eq, "A17", true},                   //
        Row{"chen", "identifier", none, P::eq, "a17", true},                   // case is folded
        Row{"chen", "identifier", none, P::eq, "A1", false},                   //
        Row{"chen", "identifier", none, P::eq, "http://x.org/mrn|A17", true},  //
        Row{"chen", "identifier", none, P::eq, "http://x.org/other|A17", false},
        Row{"chen", "identifier", none, P::eq, "http://x.org/mrn|", true},    //
        Row{"chen", "identifier", none, P::eq, "http://x.org/none|", false},  //
        Row{"chen", "identifier", none, P::eq, "|A17", false},                // it has a system
        Row{"chen", "identifier", none, P::eq, "|bare", true},                //
        Row{"chen", "identifier", text, P::eq, "medical", true},              //
        Row{"chen", "identifier", of_type, P::eq, "http://terminology.hl7.org/CodeSystem/v2-0203|MR|A17", true},
        Row{"chen", "identifier", of_type, P::eq, "http://terminology.hl7.org/CodeSystem/v2-0203|MR|bare", false},
        Row{"chen", "gender", none, P::eq, "male", true},
        Row{"chen", "gender", none, P::eq, "http://hl7.org/fhir/administrative-gender|male", true},
        Row{"chen", "gender", none, P::eq, "|male", true}, Row{"chen", "gender", not_, P::eq, "male", false},
        Row{"nobody", "gender", not_, P::eq, "male", true}, Row{"chen", "active", none, P::eq, "true", true},
        Row{"chen", "deceased", none, P::eq, "false", true},
        Row{"chen", "telecom", none, P::eq, "phone|555-0100", true},
        Row{"chen", "phone", none, P::eq, "555-0100", true}, Row{"chen", "email", none, P::eq, "555-0100", false},
        Row{"chen", "_id", none, P::eq, "chen", true}, Row{"chen", "_id", none, P::eq, "CHEN", false},
        Row{"pressure", "code", text, P::eq, "blood", true}, Row{"pressure", "code", text, P::eq, "rr", true},
        Row{"pressure", "code", text, P::eq, "pressure", false}));

// https://hl7.org/fhir/R4/search.html#reference, https://hl7.org/fhir/R4/search.html#uri
INSTANTIATE_TEST_SUITE_P(
    reference_and_uri, Meaning,
    ::testing::Values(Row{"pressure", "subject", none, P::eq, "chen", true},
                      Row{"pressure", "subject", none, P::eq, "Patient/chen", true},
                      Row{"pressure", "subject", type, P::eq, "Group/chen", false},
                      Row{"pressure", "patient", none, P::eq, "chen", true},
                      Row{"weight", "subject", none, P::eq, "http://other.org/fhir/Patient/1", true},
                      Row{"weight", "subject", none, P::eq, "Patient/1", false},
                      Row{"chen", "general-practitioner", none, P::eq, "Practitioner/9", true},  // of no version
                      Row{"chen", "general-practitioner", identifier, P::eq, "http://x.org/npi|77", true},
                      Row{"chen", "general-practitioner", identifier, P::eq, "http://x.org/npi|", true},
                      Row{"chen", "general-practitioner", identifier, P::eq, "|77", false},
                      Row{"chen", "general-practitioner", text, P::eq, "dr. mul", true},
                      Row{"answers", "questionnaire", version_below, P::eq, "http://x.org/q", true},
                      Row{"answers", "questionnaire", version_below, P::eq, "http://x.org/q|1.2", true},
                      Row{"answers", "questionnaire", version_below, P::eq, "http://x.org/q|1.2.3", true},
                      Row{"answers", "questionnaire", version_below, P::eq, "http://x.org/q|1.20", false},
                      Row{"answers", "questionnaire", version_below, P::eq, "http://x.org/q|1.2.3.4", false},
                      Row{"answers", "questionnaire", version_above, P::eq, "http://x.org/q|1.2.3.4", true},
                      Row{"answers", "questionnaire", version_above, P::eq, "http://x.org/q|1.2", false},
                      Row{"answers", "questionnaire", version_above, P::eq, "http://x.org/q", false},
                      Row{"set", "url", none, P::eq, "http://x.org/fhir/ValueSet/123", true},
                      Row{"set", "url", none, P::eq, "http://x.org/fhir/ValueSet", false},
                      Row{"set", "url", below, P::eq, "http://x.org/fhir/", true},
                      Row{"set", "url", below, P::eq, "http://x.org/other/", false},
                      Row{"set", "url", above, P::eq, "http://x.org/fhir/ValueSet/123/_history/5", true},
                      Row{"set", "url", above, P::eq, "http://x.org/fhir/ValueSet/12", false},
                      Row{"chen", "_profile", none, P::eq, "http://x.org/StructureDefinition/p", true},
                      Row{"chen", "_profile", none, P::eq, "http://x.org/StructureDefinition/p|2.0", true},
                      Row{"chen", "_profile", none, P::eq, "http://x.org/StructureDefinition/p|1.0", false}));

// The examples of https://hl7.org/fhir/R4/search.html#prefix and https://hl7.org/fhir/R4/search.html#date
INSTANTIATE_TEST_SUITE_P(
    date, Meaning,
    ::testing::Values(Row{"pressure", "date", none, P::eq, "2013-01-14", true},
                      Row{"pressure", "date", none, P::eq, "2013-01", true},
                      Row{"pressure", "date", none, P::eq, "2013-01-14T00:00", false},  // a day is more than a minute
                      Row{"pressure", "date", none, P::ne, "2013-01-14", false},
                      Row{"pressure", "date", none, P::ne, "2013-01-14T00:00", true},
                      Row{"pressure", "date", none, P::lt, "2013-01-14T10:00", true},
                      Row{"pressure", "date", none, P::gt, "2013-01-14T10:00", true},
                      Row{"pressure", "date", none, P::gt, "2013-01-14", false},
                      Row{"pressure", "date", none, P::ge, "2013-01-14", true},
                      Row{"pressure", "date", none, P::le, "2013-01-13", false},
                      Row{"pressure", "date", none, P::sa, "2013-01-13", true},
                      Row{"pressure", "date", none, P::sa, "2013-01-14", false},
                      Row{"pressure", "date", none, P::eb, "2013-01-15", true},
                      Row{"pressure", "date", none, P::ap, "2013-01-18", true},   // within a tenth of two months
                      Row{"pressure", "date", none, P::ap, "2013-02-20", false},  //
                      Row{"weight", "date", none, P::eq, "2013-01-15", false},    // the period is longer
                      Row{"weight", "date", none, P::eq, "2013", true},           //
                      Row{"weight", "date", none, P::gt, "2013-01-15", true},     //
                      Row{"weight", "date", none, P::lt, "2013-01-15", true},     //
                      Row{"weight", "date", none, P::sa, "2013-01-15", false},    //
                      Row{"weight", "date", none, P::overlaps, "2013-01-20", true},
                      Row{"weight", "date", none, P::overlaps, "2013-01-21", false},
                      Row{"open", "date", none, P::gt, "2099", true},       // it has no end yet
                      Row{"open", "date", none, P::sa, "2019", true},       //
                      Row{"open", "date", none, P::eq, "2020", false},      //
                      Row{"open", "date", none, P::eb, "2099", false},      //
                      Row{"chen", "birthdate", none, P::eq, "1970", true},  //
                      Row{"chen", "_lastUpdated", none, P::ge, "2024-05-01", true}));

// https://hl7.org/fhir/R4/search.html#number, https://hl7.org/fhir/R4/search.html#quantity
INSTANTIATE_TEST_SUITE_P(
    number_and_quantity, Meaning,
    ::testing::Values(Row{"risk", "probability", none, P::eq, "100", true},     // 99.5 up to 100.5
                      Row{"risk", "probability", none, P::eq, "100.0", false},  //
                      Row{"risk", "probability", none, P::eq, "100.2", true},   //
                      Row{"risk", "probability", none, P::eq, "1e2", true},     //
                      Row{"risk", "probability", none, P::ne, "100", false},    //
                      Row{"risk", "probability", none, P::gt, "100", true},     // the number itself
                      Row{"risk", "probability", none, P::lt, "100.2", false},  //
                      Row{"risk", "probability", none, P::le, "100.20", true},  //
                      Row{"risk", "probability", none, P::ap, "109", true},     //
                      Row{"risk", "probability", none, P::ap, "120", false},    //
                      Row{"weight", "value-quantity", none, P::eq, "5.4", true},
                      Row{"weight", "value-quantity", none, P::eq, "5.4|http://unitsofmeasure.org|kg", true},
                      Row{"weight", "value-quantity", none, P::eq, "5400|http://unitsofmeasure.org|g", true},
                      Row{"weight", "value-quantity", none, P::gt, "5399|http://unitsofmeasure.org|g", true},
                      Row{"weight", "value-quantity", none, P::gt, "5400|http://unitsofmeasure.org|g", false},
                      Row{"weight", "value-quantity", none, P::eq, "5.4|http://unitsofmeasure.org|cm", false},
                      Row{"weight", "value-quantity", none, P::eq, "5.4||kg", true},
                      Row{"weight", "value-quantity", none, P::eq, "5.4||kilo", true},
                      Row{"weight", "value-quantity", none, P::eq, "5.4||g", false},
                      Row{"weight", "value-quantity", none, P::eq, "5.4|http://x.org|kg", false},
                      Row{"pressure", "component-value-quantity", none, P::lt, "100", true},
                      Row{"pressure", "component-value-quantity", none, P::gt, "110", false}));

// https://hl7.org/fhir/R4/search.html#composite, https://hl7.org/fhir/R4/location.html#search
INSTANTIATE_TEST_SUITE_P(
    composite_and_near, Meaning,
    ::testing::Values(Row{"pressure", "component-code-value-quantity", none, P::gt, "8480-6$100", true},
                      Row{"pressure", "component-code-value-quantity", none, P::gt, "8462-4$100", false},
                      Row{"pressure", "component-code-value-quantity", none, P::lt,
                          "http://loinc.org|8462-4$100|http://unitsofmeasure.org|mm[Hg]", true},
                      Row{"pressure", "component-code-value-quantity", missing, P::eq, "false", true},
                      Row{"weight", "code-value-quantity", none, P::eq, "local$5.4||kg", true},
                      Row{"weight", "code-value-quantity", none, P::eq, "|local$5.4||kg", true},
                      Row{"weight", "code-value-quantity", none, P::eq, "http://loinc.org|local$5.4", false},
                      Row{"weight", "component-code-value-quantity", missing, P::eq, "true", true},
                      Row{"beijing", "near", none, P::eq, "39.9|116.5|10|km", true},
                      Row{"beijing", "near", none, P::eq, "39.9|116.5|8000|m", false},
                      Row{"beijing", "near", none, P::eq, "39.9|116.9", true}));

struct Wrong {
  const char* type;
  const char* code;
  Modifier modifier;
  const char* operand;
  ErrorCode error;
};
class WrongOperand : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongOperand, is_an_error_that_does_not_quote_it_and_the_same_from_both) {
  const Wrong& wrong = GetParam();
  const fhir::TypeId type = fhir::Schema::r4().find_type(wrong.type);
  const Condition condition = condition_of({"", wrong.code, wrong.modifier, Prefix::eq, wrong.operand, false}, type);
  const Result<Probe> asked = probe(*Parameters::r4(), condition, nullptr);
  ASSERT_FALSE(asked);
  EXPECT_EQ(asked.error().code(), wrong.error);
  EXPECT_EQ(asked.error().message().find(wrong.operand), std::string::npos);
  const fhir::Document document =
      fhir::testing::parsed(std::string(R"({"resourceType":")") + wrong.type + R"(","id":"1"})");
  Matcher matcher(*Parameters::r4(), nullptr, nullptr);
  const Result<bool> matched = matcher.matches(document.root(), condition);
  ASSERT_FALSE(matched);
  EXPECT_EQ(matched.error().code(), wrong.error);
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongOperand,
    ::testing::Values(Wrong{"Patient", "birthdate", none, "yesterday", ErrorCode::invalid_argument},
                      Wrong{"RiskAssessment", "probability", none, "much", ErrorCode::invalid_argument},
                      Wrong{"Observation", "value-quantity", none, "5|mg", ErrorCode::invalid_argument},
                      Wrong{"Observation", "value-quantity", none, "5|http://unitsofmeasure.org|",
                            ErrorCode::invalid_argument},
                      Wrong{"Observation", "code-value-date", none, "8480-6$soon", ErrorCode::invalid_argument},
                      Wrong{"Location", "near", none, "north", ErrorCode::invalid_argument},
                      Wrong{"Location", "near", none, "91|0", ErrorCode::invalid_argument},
                      Wrong{"Location", "near", none, "1|1|5|kg", ErrorCode::invalid_argument},
                      Wrong{"Patient", "identifier", of_type, "MR|17", ErrorCode::invalid_argument},
                      Wrong{"Patient", "gender", missing, "maybe", ErrorCode::invalid_argument},
                      Wrong{"Patient", "birthdate", contains, "1970", ErrorCode::unsupported},
                      Wrong{"Patient", "_text", exact, "abc", ErrorCode::unsupported},
                      Wrong{"Patient", "gender", in, "http://x.org/vs", ErrorCode::unsupported}));

}  // namespace
}  // namespace meridian::search
