#include "validation/operation_outcome.hpp"

#include <gtest/gtest.h>

#include "validation/messages.hpp"
#include "validation/testing/validated.hpp"

namespace meridian::validation {
namespace {

Issues one_issue() {
  Issues issues;
  issues.add({Severity::error, IssueType::value, kNotADate, {"1970-13-01"}, "Patient.birthDate", {30, 2, 5}});
  return issues;
}

TEST(OperationOutcome, names_element_place_and_message) {
  EXPECT_EQ(
      operation_outcome_json(one_issue(), Language::english),
      R"json({"resourceType":"OperationOutcome","issue":[{"extension":[)json"
      R"json({"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line","valueInteger":2},)json"
      R"json({"url":"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col","valueInteger":5}],)json"
      R"json("severity":"error","code":"value","details":{"coding":[{"system":"urn:meridian:validation-message",)json"
      R"json("code":"format-date"}],"text":"\"1970-13-01\" is not a date (YYYY, YYYY-MM or YYYY-MM-DD)"},)json"
      R"json("diagnostics":"[2,5]","expression":["Patient.birthDate"]}]})json");
}

TEST(OperationOutcome, speaks_chinese) {
  EXPECT_NE(operation_outcome_json(one_issue(), Language::chinese).find("不是日期"), std::string::npos);
}

TEST(OperationOutcome, has_an_issue_even_when_there_is_none) {
  EXPECT_NE(operation_outcome_json(Issues(), Language::english).find("no issues"), std::string::npos);
}

TEST(OperationOutcome, counts_what_the_bound_has_left_out) {
  Issues issues(1);
  issues.add({Severity::error, IssueType::value, kNotADate, {"x"}});
  issues.add({Severity::error, IssueType::value, kNotADate, {"y"}});
  EXPECT_NE(operation_outcome_json(issues, Language::english).find("1 more issue(s)"), std::string::npos);
}

TEST(OperationOutcome, is_valid_itself) {
  EXPECT_FALSE(testing::validated(operation_outcome_json(one_issue(), Language::chinese)).has_errors());
  EXPECT_FALSE(testing::validated(operation_outcome_json(Issues(), Language::english)).has_errors());
}

TEST(PlainText, is_one_line_an_issue) {
  EXPECT_EQ(plain_text(one_issue(), Language::english),
            "error        2:5  Patient.birthDate  \"1970-13-01\" is not a date (YYYY, YYYY-MM or YYYY-MM-DD)  "
            "[format-date]\n");
}

}  // namespace
}  // namespace meridian::validation
