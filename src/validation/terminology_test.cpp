// Bindings to value sets that only the terminology in force knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "fhirpath/ports.hpp"
#include "validation/profiles.hpp"
#include "validation/testing/validated.hpp"

namespace meridian::validation {
namespace {

using fhirpath::Answer;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

/// Value sets by URL, of codes of one system.
class Sets final : public fhirpath::Terminology {
 public:
  std::map<std::string, std::set<std::string>, std::less<>> sets;
  Answer member_of(const fhirpath::CodedValue& coded, std::string_view value_set) const override {
    const auto found = sets.find(value_set.substr(0, value_set.find('|')));
    if (found == sets.end()) return Answer::unknown;
    const bool is_system = coded.system.empty() || coded.system == "http://example.org/s";
    return is_system && found->second.contains(std::string(coded.code)) ? Answer::yes : Answer::no;
  }
};

std::vector<std::string> lines(const Issues& issues) {
  std::vector<std::string> all;
  for (const Issue& issue : issues.all()) all.push_back(testing::line(issue));
  return all;
}

struct BindingsOfTheTerminologyInForce : ::testing::Test {
  Sets sets;
  std::shared_ptr<Profiles> profiles = std::make_shared<Profiles>(fhir::Schema::r4());

  void SetUp() override {
    sets.sets["http://example.org/vs"] = {"a", "b"};
    for (const char* strength : {"required", "extensible"}) {
      Issues faults;
      const std::string text =
          R"({"resourceType":"StructureDefinition","url":"http://example.org/)" + std::string(strength) +
          R"(","name":"P","type":"Observation","kind":"resource","abstract":false,"status":"active","derivation":"constraint",
          "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Observation","differential":{"element":[
          {"path":"Observation"},{"path":"Observation.code","binding":{"strength":")" +
          strength + R"(","valueSet":"http://example.org/vs"}}]}})";
      ASSERT_TRUE(profiles->load_resource(text, faults));
    }
  }
  std::vector<std::string> check(const std::string& profile, const std::string& system, const std::string& code,
                                 bool has_terminology = true) {
    testing::Asked asked{{.best_practice = Check::off}, profiles, {"http://example.org/" + profile}};
    if (has_terminology) asked.options.terminology = &sets;
    return lines(testing::validated(R"({"resourceType":"Observation","status":"final","code":{"coding":[{"system":")" +
                                        system + R"(","code":")" + code + R"("}]}})",
                                    asked));
  }
};

TEST_F(BindingsOfTheTerminologyInForce, are_errors_when_they_are_required) {
  EXPECT_THAT(check("required", "http://example.org/s", "a"), Not(Contains(HasSubstr("value-set"))));
  EXPECT_THAT(check("required", "http://example.org/s", "c"), Contains(HasSubstr("error")));
  EXPECT_THAT(check("required", "http://example.org/other", "a"), Contains(HasSubstr("error")));
}

TEST_F(BindingsOfTheTerminologyInForce, are_warnings_when_they_are_extensible) {
  EXPECT_THAT(check("extensible", "http://example.org/s", "b"), Not(Contains(HasSubstr("value-set"))));
  const auto found = check("extensible", "http://example.org/s", "c");
  EXPECT_THAT(found, Contains(HasSubstr("warning")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("error"))));
}

TEST_F(BindingsOfTheTerminologyInForce, are_left_open_where_it_does_not_know) {
  sets.sets.clear();
  const auto found = check("required", "http://example.org/s", "c");
  EXPECT_THAT(found, Contains(HasSubstr("warning")));
  EXPECT_THAT(found, Not(Contains(HasSubstr("error"))));
  EXPECT_THAT(check("required", "http://example.org/s", "c", false), Not(Contains(HasSubstr("error"))));
}

TEST_F(BindingsOfTheTerminologyInForce, widen_and_fill_those_of_the_specification) {
  constexpr const char* kPatient = R"({"resourceType":"Patient","gender":"mail"})";
  testing::Asked asked{{.best_practice = Check::off}};
  asked.options.terminology = &sets;
  EXPECT_THAT(lines(testing::validated(kPatient, asked)), Contains(HasSubstr("error code-not-in-value-set")));
  sets.sets["http://hl7.org/fhir/ValueSet/administrative-gender"] = {"mail"};
  EXPECT_THAT(lines(testing::validated(kPatient, asked)), Not(Contains(HasSubstr("error"))));
}

}  // namespace
}  // namespace meridian::validation
