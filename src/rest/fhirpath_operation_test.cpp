#include "rest/fhirpath_operation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/testing/operation_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using testing::OperationClient;
using testing::Reply;

constexpr const char* kPatient = R"({"resourceType":"Patient","active":true,"birthDate":"1974-12-25",)"
                                 R"("name":[{"family":"Wang","given":["Xiaoming","Lei"]},{"family":"Li"}],)"
                                 R"("contact":[{"name":{"text":"Zhang"}}]})";

/// The text of a Parameters resource: the expression as a JSON string, other parameters as they stand, the patient.
std::string parameters(const std::string& expression, const std::string& others = {}) {
  return R"({"resourceType":"Parameters","parameter":[{"name":"expression","valueString":")" + expression + R"("},)" +
         others + R"({"name":"resource","resource":)" + kPatient + "}]}";
}

/// What follows the echo of the question: the results.
std::string results(const Reply& reply) {
  const std::size_t at = reply.body.find(R"({"name":"result")");
  return at == std::string::npos ? reply.body : reply.body.substr(at, reply.body.size() - at - 2);
}

std::string evaluated(const std::string& expression, const std::string& others = {}) {
  return results(OperationClient().post("/fhir/$fhirpath", parameters(expression, others)));
}

TEST(FhirpathOperation, gives_each_value_with_its_type) {
  EXPECT_EQ(
      evaluated("name.given"),
      R"({"name":"result","part":[{"name":"string","valueString":"Xiaoming"},{"name":"string","valueString":"Lei"}]})");
  EXPECT_EQ(evaluated("name.where(family = 'nobody')"), R"({"name":"result"})");
}

TEST(FhirpathOperation, names_types_as_fhir_does) {
  EXPECT_EQ(evaluated("active"), R"({"name":"result","part":[{"name":"boolean","valueBoolean":true}]})");
  EXPECT_EQ(evaluated("active and true"), R"({"name":"result","part":[{"name":"boolean","valueBoolean":true}]})");
  EXPECT_EQ(evaluated("birthDate"), R"({"name":"result","part":[{"name":"date","valueDate":"1974-12-25"}]})");
  EXPECT_EQ(evaluated("1.50"), R"({"name":"result","part":[{"name":"decimal","valueDecimal":1.50}]})");
  EXPECT_EQ(evaluated("name.count()"), R"({"name":"result","part":[{"name":"integer","valueInteger":2}]})");
  EXPECT_EQ(evaluated("@2020-01-01T10:00:00Z"),
            R"({"name":"result","part":[{"name":"dateTime","valueDateTime":"2020-01-01T10:00:00Z"}]})");
  EXPECT_EQ(evaluated("@T10:00"), R"({"name":"result","part":[{"name":"time","valueTime":"10:00"}]})");
  EXPECT_EQ(evaluated("'a' & 'b'"), R"({"name":"result","part":[{"name":"string","valueString":"ab"}]})");
  EXPECT_EQ(evaluated("4 'mg'"),
            R"({"name":"result","part":[{"name":"Quantity","valueQuantity":{"value":4,"unit":"mg",)"
            R"("system":"http://unitsofmeasure.org","code":"mg"}}]})");
  EXPECT_EQ(evaluated("3 days"),
            R"({"name":"result","part":[{"name":"Quantity","valueQuantity":{"value":3,"unit":"days"}}]})");
}

TEST(FhirpathOperation, gives_complex_values_resources_and_what_has_no_value_of_its_own) {
  EXPECT_THAT(evaluated("name[1]"), HasSubstr(R"({"name":"HumanName","valueHumanName":{"family":"Li"}})"));
  EXPECT_THAT(evaluated("%resource"), HasSubstr(R"({"name":"Patient","resource":{"resourceType":"Patient")"));
  EXPECT_THAT(
      evaluated("contact"),
      HasSubstr(R"({"name":"Patient.contact","extension":[{"url":"http://fhir.forms-lab.com/StructureDefinition/)"
                R"(json-value","valueString":"{\"name\":{\"text\":\"Zhang\"}}"}]})"));
  EXPECT_THAT(evaluated("name.first().type()"), HasSubstr(R"("valueString":"FHIR.HumanName")"));
}

TEST(FhirpathOperation, evaluates_once_for_each_item_of_the_context) {
  EXPECT_EQ(evaluated("family", R"({"name":"context","valueString":"name"},)"),
            R"({"name":"result","valueString":"Patient.name[0]","part":[{"name":"string","valueString":"Wang"}]},)"
            R"({"name":"result","valueString":"Patient.name[1]","part":[{"name":"string","valueString":"Li"}]})");
  const Reply reply = OperationClient().post("/fhir/$fhirpath?expression=family&context=name", kPatient);
  EXPECT_THAT(results(reply), HasSubstr(R"("valueString":"Patient.name[1]")"));
}

TEST(FhirpathOperation, knows_the_variables_given) {
  const std::string variables = R"({"name":"variables","part":[{"name":"n","valueInteger":3},{"name":"none"},)"
                                R"({"name":"other","resource":{"resourceType":"Patient","id":"x"}}]},)";
  EXPECT_THAT(evaluated("%n + 1", variables), HasSubstr(R"("valueInteger":4)"));
  EXPECT_THAT(evaluated("%other.id", variables), HasSubstr(R"("valueId":"x")"));
  EXPECT_EQ(evaluated("%none", variables), R"({"name":"result"})");
  EXPECT_THAT(evaluated("%unknown", variables), HasSubstr("OperationOutcome"));
}

TEST(FhirpathOperation, tells_what_was_traced) {
  EXPECT_THAT(evaluated("name.given.trace('g').first()"),
              HasSubstr(R"({"name":"trace","valueString":"g","part":[{"name":"string","valueString":"Xiaoming"},)"
                        R"({"name":"string","valueString":"Lei"}]})"));
}

TEST(FhirpathOperation, asks_the_specifications_value_sets) {
  EXPECT_THAT(evaluated("'male'.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')"),
              HasSubstr(R"("valueBoolean":true)"));
}

TEST(FhirpathOperation, asks_the_validator_what_conforms) {
  const auto patient = [](bool is_patient) {
    return R"({"name":"result","part":[{"name":"boolean","valueBoolean":)" +
           std::string(is_patient ? "true" : "false") + "}]}";
  };
  EXPECT_EQ(evaluated("conformsTo('http://hl7.org/fhir/StructureDefinition/Patient')"), patient(true));
  EXPECT_EQ(evaluated("conformsTo('http://hl7.org/fhir/StructureDefinition/Person')"), patient(false));
}

TEST(FhirpathOperation, repeats_the_question_and_shows_the_plan) {
  const Reply reply = OperationClient().post("/fhir/$fhirpath", parameters("name.given"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"({"name":"expression","valueString":"name.given"})"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"name":"evaluator","valueString":"Meridian )"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"name":"plan","valueString":"path name.given)"));
}

TEST(FhirpathOperation, takes_the_bare_resource_and_gives_xml) {
  const Reply reply =
      OperationClient().post("/fhir/$fhirpath?expression=name.family&_format=xml",
                             R"(<Patient xmlns="http://hl7.org/fhir"><name><family value="Wang"/></name></Patient>)",
                             {{"Content-Type", "application/fhir+xml"}});
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"(<part><name value="string"/><valueString value="Wang"/></part>)"));
}

TEST(FhirpathOperation, answers_400_with_the_place_in_a_bad_expression) {
  const OperationClient client;
  const Reply member = client.post("/fhir/$fhirpath", parameters("name.givn"));
  EXPECT_EQ(member.status, 400);
  EXPECT_EQ(member.issues(), "error fhirpath-member [1,6]\n");
  const Reply cut = client.post("/fhir/$fhirpath", parameters("name."), {{"Accept-Language", "zh"}});
  EXPECT_EQ(cut.status, 400);
  EXPECT_THAT(cut.body, HasSubstr("表达式"));
  EXPECT_EQ(client.post("/fhir/$fhirpath", parameters("1", R"({"name":"context","valueString":"("},)")).status, 400);
}

TEST(FhirpathOperation, answers_422_when_an_evaluation_breaks_a_rule) {
  const Reply reply = OperationClient().post("/fhir/$fhirpath", parameters("name.single()"));
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.issues(), "error expression-failed\n");
}

TEST(FhirpathOperation, stops_what_never_ends) {
  const Reply reply = OperationClient(nullptr, 50).post("/fhir/$fhirpath", parameters("repeat($this + 1)", ""));
  EXPECT_GE(reply.status, 400);
  const Reply endless = OperationClient(nullptr, 50).post("/fhir/$fhirpath", parameters("1.repeat($this + 1).count()"));
  EXPECT_GE(endless.status, 400);
  EXPECT_EQ(endless.issues(), "error expression-failed\n");
}

TEST(FhirpathOperation, says_what_is_missing) {
  const OperationClient client;
  const auto issues = [&](const std::string& body) { return client.post("/fhir/$fhirpath", body).issues(); };
  EXPECT_EQ(issues(kPatient), "error parameters-expected\n");
  EXPECT_EQ(issues(R"({"resourceType":"Parameters"})"), "error parameter-missing\nerror parameter-missing\n");
  EXPECT_EQ(issues(""), "fatal body-missing\n");
  EXPECT_EQ(client.post("/fhir/$fhirpath", kPatient, {{"Content-Type", "text/csv"}}).status, 415);
  EXPECT_EQ(client.post("/fhir/$fhirpath", kPatient, {{"Accept", "text/csv"}}).status, 406);
}

}  // namespace
}  // namespace meridian::rest
