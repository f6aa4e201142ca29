// The terminology operations, and searches that ask them, as a client sees them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file_system.hpp"
#include "base/testing/temporary_folder.hpp"
#include "rest/terminology_routes.hpp"
#include "rest/testing/store_client.hpp"
#include "terminology/code_system_builder.hpp"
#include "terminology/folder.hpp"
#include "terminology/image.hpp"
#include "terminology/library.hpp"
#include "terminology/questions.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using testing::Reply;
using testing::StoreClient;

constexpr const char* kDiseases =
    R"({"resourceType":"CodeSystem","id":"d","url":"http://example.org/diseases","version":"2.1","name":"Diseases",
    "status":"active","content":"complete","caseSensitive":true,"language":"en","concept":[
    {"code":"disease","display":"Disease","concept":[
      {"code":"infection","display":"Infection","concept":[
        {"code":"pneumonia","display":"Pneumonia","definition":"An inflamed lung",
         "designation":[{"language":"zh-CN","use":{"code":"display"},"value":"肺炎"}],
         "property":[{"code":"parent","valueCode":"lung"},{"code":"place","valueCode":"chest"}]},
        {"code":"sepsis","display":"Sepsis"}]},
      {"code":"lung","display":"Disease of the lung","concept":[{"code":"asthma","display":"Asthma"}]}]},
    {"code":"grippe","display":"Grippe","property":[{"code":"status","valueCode":"retired"}]}]})";
constexpr const char* kInfections =
    R"({"resourceType":"ValueSet","id":"i","url":"http://example.org/infections","version":"1","name":"Infections",
    "status":"active","compose":{"include":[{"system":"http://example.org/diseases","filter":[
    {"property":"concept","op":"descendent-of","value":"infection"}]}]}})";
constexpr const char* kMap =
    R"({"resourceType":"ConceptMap","id":"m","url":"http://example.org/map","status":"active",
    "sourceUri":"http://example.org/infections","group":[{"source":"http://example.org/diseases",
    "target":"http://example.org/letters","element":[{"code":"pneumonia","target":[
    {"code":"P","display":"P as in pneumonia","equivalence":"wider"}]}]}]})";

std::string condition(const std::string& id, const std::string& code) {
  return R"({"resourceType":"Condition","id":")" + id +
         R"(","subject":{"reference":"Patient/1"},"code":{"coding":[{"system":)"
         R"("http://example.org/diseases","code":")" +
         code + R"("}]}})";
}

class TerminologyOperations : public ::testing::Test {
 protected:
  TerminologyOperations() {
    EXPECT_EQ(client.put("/fhir/CodeSystem/d", kDiseases).status, 201);
    EXPECT_EQ(client.put("/fhir/ValueSet/i", kInfections).status, 201);
    EXPECT_EQ(client.put("/fhir/ConceptMap/m", kMap).status, 201);
  }
  std::string parameter(const std::string& target, const std::string& name) {
    return client.get(target).value("parameter.where(name='" + name + "').value");
  }
  StoreClient client;
};

TEST_F(TerminologyOperations, look_a_code_up) {
  const Reply reply = client.get("/fhir/CodeSystem/$lookup?system=http://example.org/diseases&code=pneumonia");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.value("parameter.where(name='name').value"), "Diseases");
  EXPECT_EQ(reply.value("parameter.where(name='version').value"), "2.1");
  EXPECT_EQ(reply.value("parameter.where(name='display').value"), "Pneumonia");
  EXPECT_EQ(reply.value("parameter.where(name='designation').part.where(name='value').value"), "肺炎");
  EXPECT_EQ(reply.value("parameter.where(name='property' and part.where(name='code').value='place')"
                        ".part.where(name='value').value"),
            "chest");
  EXPECT_EQ(reply.value("parameter.where(name='property' and part.where(name='code').value='parent').count()"), "2");
}

TEST_F(TerminologyOperations, name_codes_in_the_language_asked_for) {
  const std::string target = "/fhir/CodeSystem/$lookup?system=http://example.org/diseases&code=pneumonia";
  EXPECT_EQ(parameter(target + "&displayLanguage=zh-CN", "display"), "肺炎");
  EXPECT_EQ(client.get(target, {{"Accept-Language", "zh-CN"}}).value("parameter.where(name='display').value"), "肺炎");
}

TEST_F(TerminologyOperations, take_parameters_in_a_body) {
  const Reply reply = client.post("/fhir/CodeSystem/$lookup",
                                  R"({"resourceType":"Parameters","parameter":[{"name":"coding","valueCoding":{
      "system":"http://example.org/diseases","code":"asthma"}},{"name":"property","valueCode":"parent"}]})",
                                  {{"Content-Type", "application/fhir+json"}});
  EXPECT_EQ(reply.value("parameter.where(name='display').value"), "Asthma");
  EXPECT_EQ(reply.value("parameter.where(name='property').part.where(name='value').value"), "lung");
}

TEST_F(TerminologyOperations, say_what_is_not_there) {
  EXPECT_EQ(client.get("/fhir/CodeSystem/$lookup?system=http://example.org/diseases&code=none").status, 404);
  EXPECT_EQ(client.get("/fhir/CodeSystem/$lookup?system=http://example.org/none&code=x").status, 404);
  EXPECT_EQ(client.get("/fhir/CodeSystem/$lookup?code=x").status, 400);
  EXPECT_EQ(client.get("/fhir/CodeSystem/$lookup?system=http://example.org/diseases").status, 400);
  EXPECT_EQ(client.get("/fhir/ValueSet/$expand").status, 400);
  EXPECT_EQ(client.get("/fhir/ValueSet/$expand?url=http://example.org/none").status, 404);
  EXPECT_EQ(client.get("/fhir/ValueSet/none/$expand").status, 404);
  EXPECT_EQ(client.get("/fhir/ConceptMap/$translate?url=http://example.org/none&code=x&system=y").status, 404);
}

TEST_F(TerminologyOperations, validate_a_code_in_its_system) {
  const std::string by_url = "/fhir/CodeSystem/$validate-code?url=http://example.org/diseases&code=";
  EXPECT_EQ(parameter(by_url + "sepsis", "result"), "true");
  EXPECT_EQ(parameter(by_url + "none", "result"), "false");
  EXPECT_EQ(parameter(by_url + "sepsis&display=Cough", "result"), "false");
  EXPECT_THAT(parameter(by_url + "sepsis&display=Cough", "message"), HasSubstr("Sepsis"));
  EXPECT_EQ(parameter("/fhir/CodeSystem/d/$validate-code?code=sepsis", "result"), "true");
  EXPECT_EQ(parameter("/fhir/CodeSystem/$validate-code?url=http://unitsofmeasure.org&code=mg/dL", "result"), "true");
  EXPECT_EQ(parameter("/fhir/CodeSystem/$validate-code?url=http://unitsofmeasure.org&code=mg//", "result"), "false");
}

TEST_F(TerminologyOperations, validate_a_code_in_a_value_set) {
  const std::string by_url = "/fhir/ValueSet/$validate-code?url=http://example.org/infections";
  EXPECT_EQ(parameter(by_url + "&system=http://example.org/diseases&code=sepsis", "result"), "true");
  EXPECT_EQ(parameter(by_url + "&system=http://example.org/diseases&code=asthma", "result"), "false");
  EXPECT_EQ(parameter("/fhir/ValueSet/i/$validate-code?system=http://example.org/diseases&code=sepsis", "display"),
            "Sepsis");
  const Reply reply = client.post("/fhir/ValueSet/$validate-code",
                                  R"({"resourceType":"Parameters","parameter":[
      {"name":"url","valueUri":"http://example.org/infections"},{"name":"codeableConcept","valueCodeableConcept":{"coding":[
      {"system":"http://example.org/diseases","code":"asthma"},{"system":"http://example.org/diseases","code":"sepsis"}]}}]})",
                                  {{"Content-Type", "application/fhir+json"}});
  EXPECT_EQ(reply.value("parameter.where(name='result').value"), "true");
  EXPECT_EQ(parameter("/fhir/ValueSet/$validate-code?url=http://hl7.org/fhir/ValueSet/administrative-gender"
                      "&system=http://hl7.org/fhir/administrative-gender&code=female",
                      "result"),
            "true");
}

TEST_F(TerminologyOperations, say_how_codes_stand_to_each_other) {
  const std::string subsumes = "/fhir/CodeSystem/$subsumes?system=http://example.org/diseases";
  EXPECT_EQ(parameter(subsumes + "&codeA=lung&codeB=pneumonia", "outcome"), "subsumes");
  EXPECT_EQ(parameter(subsumes + "&codeA=pneumonia&codeB=lung", "outcome"), "subsumed-by");
  EXPECT_EQ(parameter(subsumes + "&codeA=lung&codeB=lung", "outcome"), "equivalent");
  EXPECT_EQ(parameter("/fhir/CodeSystem/d/$subsumes?codeA=lung&codeB=sepsis", "outcome"), "not-subsumed");
  EXPECT_EQ(client.get(subsumes + "&codeA=lung&codeB=none").status, 404);
}

TEST_F(TerminologyOperations, expand_a_value_set) {
  const Reply reply = client.get("/fhir/ValueSet/$expand?url=http://example.org/infections");
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.value("expansion.total"), "2");
  EXPECT_EQ(reply.value("expansion.contains.count()"), "2");
  EXPECT_EQ(reply.value("name"), "Infections");
  const Reply page = client.get("/fhir/ValueSet/i/$expand?count=1&offset=1&includeDesignations=true");
  EXPECT_EQ(page.value("expansion.total"), "2");
  EXPECT_EQ(page.value("expansion.contains.count()"), "1");
  EXPECT_EQ(client.get("/fhir/ValueSet/i/$expand?filter=pneu").value("expansion.contains.code"), "pneumonia");
  EXPECT_EQ(client.get("/fhir/ValueSet/i/$expand?filter=%E8%82%BA").value("expansion.contains.code"), "pneumonia");
  EXPECT_EQ(client.get("/fhir/ValueSet/i/$expand?count=0").value("expansion.contains.exists()"), "false");
  EXPECT_EQ(client.get("/fhir/ValueSet/i/$expand?count=x").status, 400);
}

TEST_F(TerminologyOperations, expand_a_value_set_that_is_sent) {
  const Reply reply =
      client.post("/fhir/ValueSet/$expand",
                  R"({"resourceType":"Parameters","parameter":[{"name":"activeOnly","valueBoolean":true},
      {"name":"valueSet","resource":{"resourceType":"ValueSet","status":"draft","compose":{"include":[
      {"system":"http://example.org/diseases"}]}}}]})",
                  {{"Content-Type", "application/fhir+json"}});
  EXPECT_EQ(reply.value("expansion.total"), "6");
}

TEST_F(TerminologyOperations, refuse_what_cannot_be_listed) {
  const Reply reply = client.get("/fhir/ValueSet/$expand?url=http://hl7.org/fhir/ValueSet/condition-code");
  EXPECT_EQ(reply.status, 422);
  EXPECT_EQ(reply.value("issue.code"), "too-costly");
}

TEST_F(TerminologyOperations, translate_a_code) {
  const Reply reply = client.get(
      "/fhir/ConceptMap/$translate?url=http://example.org/map&system=http://example.org/diseases&code=pneumonia");
  EXPECT_EQ(reply.value("parameter.where(name='result').value"), "true");
  EXPECT_EQ(reply.value("parameter.where(name='match').part.where(name='concept').value.code"), "P");
  EXPECT_EQ(reply.value("parameter.where(name='match').part.where(name='equivalence').value"), "wider");
  EXPECT_EQ(parameter("/fhir/ConceptMap/m/$translate?system=http://example.org/diseases&code=asthma", "result"),
            "false");
  EXPECT_EQ(client.get("/fhir/ConceptMap/$translate?reverse=true&system=http://example.org/letters&code=P")
                .value("parameter.where(name='match').part.where(name='concept').value.code"),
            "pneumonia");
}

TEST_F(TerminologyOperations, join_value_sets_and_hierarchies_to_searches) {
  client.put("/fhir/Condition/a", condition("a", "pneumonia"));
  client.put("/fhir/Condition/b", condition("b", "asthma"));
  client.put("/fhir/Condition/c", condition("c", "infection"));
  // Operations wait until what was stored before is in force; searches take what is in force.
  EXPECT_EQ(client.get("/fhir/ValueSet/$expand?url=http://example.org/infections").status, 200);
  EXPECT_EQ(client.get("/fhir/Condition?code:in=http://example.org/infections").value("entry.resource.id"), "a");
  EXPECT_EQ(client.get("/fhir/Condition?code:not-in=http://example.org/infections&_summary=count").value("total"), "2");
  EXPECT_EQ(client.get("/fhir/Condition?code:below=http://example.org/diseases|lung&_summary=count").value("total"),
            "2");
  EXPECT_EQ(client.get("/fhir/Condition?code:above=http://example.org/diseases|sepsis").value("entry.resource.id"),
            "c");
}

TEST_F(TerminologyOperations, are_seen_by_searches_as_soon_as_they_are_stored) {
  client.put("/fhir/Condition/c1", condition("c1", "sepsis"));
  const auto set = [](int number, const char* code) {
    return R"({"resourceType":"ValueSet","id":"v","url":"http://example.org/v)" + std::to_string(number) +
           R"(","status":"active","compose":{"include":[{"system":"http://example.org/diseases","concept":[{"code":")" +
           code + R"("}]}]}})";
  };
  for (int i = 0; i < 30; ++i) {
    const bool has_it = i % 2 == 0;
    client.put("/fhir/ValueSet/v", set(i, has_it ? "sepsis" : "asthma"));
    const std::string url = "http://example.org/v" + std::to_string(i);
    EXPECT_EQ(client.get("/fhir/Condition?code:in=" + url).value("total"), has_it ? "1" : "0");
    EXPECT_EQ(client.get("/fhir/Condition?_filter=code%20in%20" + url).value("total"), has_it ? "1" : "0");
  }
  client.put("/fhir/ValueSet/v", set(99, "sepsis"));
  client.put("/fhir/Patient/1", R"({"resourceType":"Patient","id":"1"})");
  EXPECT_EQ(client.get("/fhir/Patient?_has:Condition:subject:code:in=http://example.org/v99").value("total"), "1");
}

TEST_F(TerminologyOperations, follow_what_is_stored) {
  client.put("/fhir/ValueSet/i", R"({"resourceType":"ValueSet","id":"i","url":"http://example.org/infections",
    "status":"active","compose":{"include":[{"system":"http://example.org/diseases","concept":[{"code":"asthma"}]}]}})");
  EXPECT_EQ(client.get("/fhir/ValueSet/$expand?url=http://example.org/infections").value("expansion.contains.code"),
            "asthma");
  client.remove("/fhir/ValueSet/i");
  EXPECT_EQ(client.get("/fhir/ValueSet/$expand?url=http://example.org/infections").status, 404);
}

TEST_F(TerminologyOperations, take_loaded_systems_in_and_out) {
  const meridian::testing::TemporaryFolder place;
  terminology::Service service;
  terminology::Library library(service);
  terminology::Folder folder = *terminology::Folder::open(system_files(), place.path());
  mount_terminology(client.router(), library, folder);
  terminology::CodeSystemBuilder builder({.url = "http://example.org/loaded", .version = "1"});
  builder.add("x", "An X");
  const std::string path = "/api/v1/terminology/systems";
  EXPECT_EQ(client.post(path, terminology::write_image(*builder.build()->system)).status, 200);
  EXPECT_TRUE(terminology::lookup(*service.snapshot(), {"http://example.org/loaded", {}, "x"}).has_value());
  EXPECT_EQ(folder.load()->systems.size(), 1U);
  EXPECT_EQ(client.post(path, "no image").status, 400);
  EXPECT_EQ(client.remove(path + "?url=http://example.org/loaded&version=1").status, 200);
  EXPECT_EQ(client.remove(path + "?url=http://example.org/loaded&version=1").status, 404);
  EXPECT_FALSE(terminology::lookup(*service.snapshot(), {"http://example.org/loaded", {}, "x"}).has_value());
}

TEST_F(TerminologyOperations, are_in_the_capability_statement) {
  const Reply reply = client.get("/fhir/metadata");
  EXPECT_EQ(reply.value("rest.resource.where(type='ValueSet').operation.where(name='expand').definition"),
            "http://hl7.org/fhir/OperationDefinition/ValueSet-expand");
  EXPECT_EQ(reply.value("rest.resource.where(type='CodeSystem').operation.where(name='validate-code').definition"),
            "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code");
  EXPECT_EQ(reply.value("rest.resource.where(type='ConceptMap').operation.where(name='translate').count()"), "1");
}

}  // namespace
}  // namespace meridian::rest
