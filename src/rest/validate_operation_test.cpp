#include "rest/validate_operation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/representation.hpp"
#include "rest/testing/operation_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::OperationClient;
using testing::Reply;
using ::testing::StartsWith;

constexpr const char* kJson = "application/fhir+json";
constexpr const char* kXml = "application/fhir+xml";
constexpr const char* kNarrative =
    R"("text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\">x</div>"})";

std::string patient(const std::string& more) {
  return std::string(R"({"resourceType":"Patient",)") + kNarrative + more + "}";
}

TEST(ValidateOperation, says_that_a_good_resource_has_no_issues) {
  const Reply reply =
      OperationClient().post("/fhir/$validate", patient(R"(,"gender":"male")"), {{"Content-Type", kJson}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.content_type, "application/fhir+json; charset=utf-8");
  EXPECT_THAT(reply.issues(), StartsWith("information "));
}

TEST(ValidateOperation, answers_200_with_the_faults_and_their_places) {
  const Reply reply = OperationClient().post("/fhir/$validate", patient(",\n\"birthDate\":\"1974-13-25\""));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.issues(), "error format-date Patient.birthDate [2,13]\n");
}

TEST(ValidateOperation, takes_and_gives_xml) {
  const std::string xml = "<Patient xmlns=\"http://hl7.org/fhir\">\n <gender value=\"mail\"/>\n</Patient>";
  const OperationClient client;
  const Reply in_json = client.post("/fhir/$validate", xml, {{"Content-Type", kXml}});
  EXPECT_THAT(in_json.issues(), HasSubstr("error code-not-in-value-set Patient.gender [2,2]\n"));
  const Reply in_xml = client.post("/fhir/$validate?_format=xml", xml, {{"Content-Type", kXml}});
  EXPECT_EQ(in_xml.content_type, "application/fhir+xml; charset=utf-8");
  EXPECT_THAT(in_xml.body, HasSubstr("<OperationOutcome xmlns=\"http://hl7.org/fhir\">"));
}

TEST(ValidateOperation, speaks_chinese) {
  const Reply reply =
      OperationClient().post("/fhir/$validate", patient(R"(,"birthDate":"x")"), {{"Accept-Language", "zh-CN"}});
  EXPECT_THAT(reply.body, HasSubstr("不是日期"));
}

TEST(ValidateOperation, takes_the_resource_out_of_parameters_and_keeps_its_places) {
  const std::string body =
      "{\"resourceType\":\"Parameters\",\"parameter\":[\n{\"name\":\"mode\",\"valueCode\":\"create\"},\n"
      "{\"name\":\"resource\",\"resource\":\n" +
      patient(",\n\"birthDate\":\"1974-13-25\"") + "}]}";
  const Reply reply = OperationClient().post("/fhir/$validate", body);
  EXPECT_EQ(reply.issues(), "error format-date Patient.birthDate [5,13]\n");
}

TEST(ValidateOperation, finds_the_place_in_parameters_that_came_as_xml) {
  const std::string body =
      "<Parameters xmlns=\"http://hl7.org/fhir\">\n<parameter><name value=\"resource\"/><resource>\n"
      "<Patient>\n<birthDate value=\"x\"/>\n</Patient>\n</resource></parameter></Parameters>";
  const Reply reply = OperationClient().post("/fhir/$validate", body, {{"Content-Type", kXml}});
  EXPECT_THAT(reply.issues(), HasSubstr("error format-date Patient.birthDate [4,1]\n"));
}

TEST(ValidateOperation, validates_parameters_that_carry_no_resource_as_such) {
  const Reply reply = OperationClient().post("/fhir/$validate", R"({"resourceType":"Parameters","parameter":[{}]})");
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.issues(), HasSubstr("Parameters.parameter[0]"));
}

TEST(ValidateOperation, wants_the_type_that_the_address_names) {
  const OperationClient client;
  const std::string body = patient("");
  EXPECT_THAT(client.post("/fhir/Observation/$validate", body).issues(),
              HasSubstr("error wrong-resource-type Patient\n"));
  EXPECT_THAT(client.post("/fhir/Patient/$validate", body).issues(), Not(HasSubstr("error")));
}

TEST(ValidateOperation, says_which_modes_it_can_answer) {
  const OperationClient client;
  for (const char* mode : {"create", "update", "profile"}) {
    EXPECT_EQ(client.post("/fhir/$validate?mode=" + std::string(mode), patient("")).status, 200) << mode;
  }
  for (const char* mode : {"delete", "nonsense"}) {
    const Reply reply = client.post("/fhir/$validate?mode=" + std::string(mode), patient(""));
    EXPECT_EQ(reply.status, 400) << mode;
    EXPECT_EQ(reply.issues(), "error unknown-mode\n");
  }
}

TEST(ValidateOperation, checks_the_profiles_asked_for) {
  auto profiles = std::make_shared<validation::Profiles>(fhir::Schema::r4());
  Issues issues;
  const Result<> loaded = profiles->load_resource(
      R"({"resourceType":"StructureDefinition","url":"http://example.org/named","name":"Named","status":"active",
          "kind":"resource","abstract":false,"type":"Patient",
          "baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint",
          "differential":{"element":[{"id":"Patient.name","path":"Patient.name","min":1}]}})",
      issues);
  ASSERT_TRUE(loaded) << loaded.error().message();
  const OperationClient client(profiles);
  const std::string nameless = patient("");
  EXPECT_THAT(client.post("/fhir/$validate", nameless).issues(), Not(HasSubstr("error")));
  EXPECT_THAT(client.post("/fhir/$validate?profile=http://example.org/named", nameless).issues(), HasSubstr("error "));
  const std::string body =
      R"({"resourceType":"Parameters","parameter":[{"name":"profile","valueUri":"http://example.org/named"},)"
      R"({"name":"resource","resource":)" +
      nameless + "}]}";
  EXPECT_THAT(client.post("/fhir/$validate", body).issues(), HasSubstr("error "));
  EXPECT_THAT(client.post("/fhir/$validate?profile=http://example.org/unknown", nameless).issues(),
              HasSubstr("profile-unknown"));
}

TEST(ValidateOperation, answers_400_to_what_is_no_resource) {
  const OperationClient client;
  EXPECT_EQ(client.post("/fhir/$validate", "").issues(), "fatal body-missing\n");
  for (const char* body : {"{", "[]", "{\"a\":1}", "\xFF", "<Patient", "{\"resourceType\":\"Nonsense\"}"}) {
    const Reply reply = client.post("/fhir/$validate", body);
    EXPECT_EQ(reply.status, 400) << body;
    EXPECT_THAT(reply.issues(), StartsWith("fatal ")) << body;
  }
  EXPECT_EQ(client.post("/fhir/$validate", "<Patient", {{"Content-Type", kXml}}).status, 400);
}

TEST(ValidateOperation, answers_415_and_406_to_other_forms) {
  const OperationClient client;
  const Reply unsupported = client.post("/fhir/$validate", patient(""), {{"Content-Type", "text/turtle"}});
  EXPECT_EQ(unsupported.status, 415);
  EXPECT_EQ(unsupported.issues(), "error unsupported-media-type\n");
  const Reply unacceptable = client.post("/fhir/$validate", patient(""), {{"Accept", "text/turtle"}});
  EXPECT_EQ(unacceptable.status, 406);
  EXPECT_EQ(unacceptable.issues(), "error not-acceptable\n");
}

TEST(Faults, below_fhir_are_operation_outcomes) {
  const OperationClient client;
  const Reply nothing = client.ask(http::Method::get, "/fhir/Patient/1");
  EXPECT_EQ(nothing.status, 404);
  EXPECT_EQ(nothing.issues(), "error no-such-path\n");
  const Reply method = client.ask(http::Method::get, "/fhir/$validate", {}, {{"Accept-Language", "zh"}});
  EXPECT_EQ(method.status, 405);
  EXPECT_EQ(method.allow, "POST, OPTIONS");
  EXPECT_THAT(method.body, HasSubstr("不支持该方法"));
  EXPECT_THAT(client.ask(http::Method::get, "/fhir", {}, {{"Accept", kXml}}).body, HasSubstr("<OperationOutcome"));
  EXPECT_EQ(client.ask(http::Method::get, "/fhirish").content_type, "application/problem+json");
}

TEST(Faults, keep_the_words_of_a_problem_that_has_none_of_ours) {
  http::Response problem = http::Response::problem(421, "This server does not answer for that host.");
  tell_as_outcome(http::Request(http::Method::get, "/fhir"), problem);
  EXPECT_EQ(problem.status, 421);
  EXPECT_THAT(problem.body, HasSubstr("does not answer for that host"));
}

}  // namespace
}  // namespace meridian::rest
