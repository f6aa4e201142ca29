#include "rest/write_interactions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::MatchesRegex;
using testing::Reply;
using testing::StoreClient;

std::string patient(const std::string& more) {
  return R"({"resourceType":"Patient")" + more + "}";
}
constexpr const char* kMrn = R"(,"identifier":[{"system":"urn:mrn","value":"1"}])";

TEST(Create, makes_an_id_and_says_where_the_resource_is) {
  StoreClient client;
  const Reply reply = client.post("/fhir/Patient", patient(R"(,"id":"mine","active":true)"));
  EXPECT_EQ(reply.status, 201);
  EXPECT_EQ(reply.header("ETag"), "W/\"1\"");
  EXPECT_THAT(reply.header("Location"), MatchesRegex("http://localhost/fhir/Patient/[0-9a-f-]{36}/_history/1"));
  EXPECT_NE(reply.value("id"), "mine");
  EXPECT_EQ(client.get("/fhir/Patient/" + reply.value("id")).value("active"), "true");
}

TEST(Create, answers_with_as_much_as_is_preferred) {
  StoreClient client;
  const Reply minimal = client.post("/fhir/Patient", patient(""), {{"Prefer", "return=minimal"}});
  EXPECT_EQ(minimal.status, 201);
  EXPECT_EQ(minimal.body, "");
  EXPECT_NE(minimal.header("Location"), "");
  const Reply outcome = client.post("/fhir/Patient", patient(""), {{"Prefer", "return=OperationOutcome"}});
  EXPECT_EQ(outcome.status, 201);
  EXPECT_EQ(outcome.issues(), "information done\n");
  EXPECT_EQ(client.post("/fhir/Patient", patient(""), {{"Prefer", "return=representation"}}).value("meta.versionId"),
            "1");
}

TEST(Update, counts_versions_and_leaves_what_did_not_change) {
  StoreClient client;
  EXPECT_EQ(client.put("/fhir/Patient/7", patient(R"(,"id":"7")")).header("Location"),
            "http://localhost/fhir/Patient/7/_history/1");
  EXPECT_EQ(client.put("/fhir/Patient/7", patient(R"(,"id":"7","active":true)")).header("ETag"), "W/\"2\"");
  EXPECT_EQ(client.put("/fhir/Patient/7", patient(R"(,"id":"7", "active":true)")).header("ETag"), "W/\"2\"");
}

TEST(Update, brings_a_deleted_resource_back) {
  StoreClient client;
  client.put("/fhir/Patient/7", patient(R"(,"id":"7")"));
  EXPECT_EQ(client.remove("/fhir/Patient/7").header("ETag"), "W/\"2\"");
  const Reply again = client.put("/fhir/Patient/7", patient(R"(,"id":"7")"));
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(again.header("ETag"), "W/\"3\"");
}

TEST(Update, keeps_tenants_apart) {
  StoreClient client;
  const Reply reply = client.put("/t/2/fhir/Patient/7", patient(R"(,"id":"7")"));
  EXPECT_EQ(reply.header("Location"), "http://localhost/t/2/fhir/Patient/7/_history/1");
  EXPECT_EQ(client.get("/t/2/fhir/Patient/7").status, 200);
  EXPECT_EQ(client.get("/fhir/Patient/7").status, 404);
}

TEST(ConditionalCreate, leaves_what_is_there) {
  StoreClient client;
  const Reply first = client.post("/fhir/Patient", patient(kMrn), {{"If-None-Exist", "identifier=urn:mrn|1"}});
  EXPECT_EQ(first.status, 201);
  const Reply second = client.post("/fhir/Patient", patient(kMrn), {{"If-None-Exist", "identifier=urn:mrn|1"}});
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.value("id"), first.value("id"));
  client.post("/fhir/Patient", patient(kMrn));
  EXPECT_EQ(client.post("/fhir/Patient", patient(kMrn), {{"If-None-Exist", "identifier=urn:mrn|1"}}).status, 412);
}

TEST(ConditionalUpdate, creates_updates_or_refuses_by_what_it_finds) {
  StoreClient client;
  const std::string target = "/fhir/Patient?identifier=urn:mrn|1";
  const Reply first = client.put(target, patient(kMrn));
  EXPECT_EQ(first.status, 201);
  const Reply second = client.put(target, patient(std::string(kMrn) + R"(,"active":true)"));
  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.value("id"), first.value("id"));
  EXPECT_EQ(client.put(target, patient(std::string(kMrn) + R"(,"id":"other")")).status, 400);
  client.post("/fhir/Patient", patient(kMrn));
  EXPECT_EQ(client.put(target, patient(kMrn)).status, 412);
  EXPECT_EQ(client
                .put("/fhir/Patient?identifier=urn:mrn|2",
                     patient(R"(,"id":"given","identifier":[{"system":"urn:mrn","value":"2"}])"))
                .value("id"),
            "given");
}

TEST(ConditionalDelete, deletes_the_one_that_is_found) {
  StoreClient client;
  client.put("/fhir/Patient/7", patient(std::string(R"(,"id":"7")") + kMrn));
  EXPECT_EQ(client.remove("/fhir/Patient?identifier=urn:mrn|none").status, 204);
  EXPECT_EQ(client.remove("/fhir/Patient?identifier=urn:mrn|1").status, 204);
  EXPECT_EQ(client.get("/fhir/Patient/7").status, 410);
  client.post("/fhir/Patient", patient(kMrn));
  client.post("/fhir/Patient", patient(kMrn));
  EXPECT_EQ(client.remove("/fhir/Patient?identifier=urn:mrn|1").status, 412);
}

TEST(Patch, takes_json_merge_and_fhirpath_patches) {
  StoreClient client;
  client.put("/fhir/Patient/7", patient(R"(,"id":"7","gender":"male")"));
  EXPECT_EQ(
      client.patch("/fhir/Patient/7", "application/json-patch+json", R"([{"op":"add","path":"/active","value":true}])")
          .value("active"),
      "true");
  EXPECT_EQ(client.patch("/fhir/Patient/7", "application/merge-patch+json", R"({"gender":null})").value("gender"), "");
  const Reply third = client.patch(
      "/fhir/Patient/7", "application/fhir+json",
      R"({"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},)"
      R"({"name":"path","valueString":"Patient"},{"name":"name","valueString":"birthDate"},)"
      R"({"name":"value","valueDate":"2000-01-01"}]}]})");
  EXPECT_EQ(third.value("birthDate | active | meta.versionId"), "2000-01-01,true,4");
}

TEST(Patch, honours_if_match_and_moves_no_resource) {
  StoreClient client;
  client.put("/fhir/Patient/7", patient(R"(,"id":"7")"));
  const char* form = "application/json-patch+json";
  EXPECT_EQ(client.patch("/fhir/Patient/7", form, "[]", {{"If-Match", "W/\"2\""}}).status, 412);
  EXPECT_EQ(client.patch("/fhir/Patient/7", form, "[]", {{"If-Match", "W/\"1\""}}).status, 200);
  const Reply moved = client.patch("/fhir/Patient/7", form, R"([{"op":"replace","path":"/id","value":"8"}])");
  EXPECT_EQ(moved.status, 422);
  EXPECT_EQ(moved.issues(), "error patch-moves-resource\n");
}

TEST(ConditionalPatch, patches_the_one_that_is_found) {
  StoreClient client;
  client.put("/fhir/Patient/7", patient(std::string(R"(,"id":"7")") + kMrn));
  const char* form = "application/merge-patch+json";
  EXPECT_EQ(client.patch("/fhir/Patient?identifier=urn:mrn|1", form, R"({"active":true})").value("active"), "true");
  EXPECT_EQ(client.patch("/fhir/Patient?identifier=urn:mrn|2", form, "{}").status, 404);
}

}  // namespace
}  // namespace meridian::rest
