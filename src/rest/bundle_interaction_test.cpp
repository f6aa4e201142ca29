#include "rest/bundle_interaction.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/bundle_references.hpp"
#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using testing::Reply;
using testing::StoreClient;

std::string entry(const std::string& method, const std::string& url, const std::string& resource = {},
                  const std::string& full_url = {}, const std::string& more = {}) {
  std::string text = "{";
  if (!full_url.empty()) text += R"("fullUrl":")" + full_url + R"(",)";
  if (!resource.empty()) text += R"("resource":)" + resource + ",";
  return text + R"("request":{"method":")" + method + R"(","url":")" + url + "\"" + more + "}}";
}

std::string bundle(const std::string& type, const std::vector<std::string>& entries) {
  std::string text = R"({"resourceType":"Bundle","type":")" + type + R"(","entry":[)";
  for (const std::string& one : entries) text += (text.ends_with('[') ? "" : ",") + one;
  return text + "]}";
}

std::string patient(const std::string& id) {
  return R"({"resourceType":"Patient","id":")" + id + "\"}";
}
std::string observation(const std::string& subject) {
  return R"({"resourceType":"Observation","status":"final","code":{"text":"x"},"subject":{"reference":")" + subject +
         "\"}}";
}

TEST(Batch, lets_each_entry_succeed_or_fail_alone) {
  StoreClient client;
  const Reply reply = client.post(
      "/fhir", bundle("batch", {entry("PUT", "Patient/1", patient("1")), entry("PUT", "Patient/2", patient("3")),
                                entry("GET", "Patient/1"), entry("GET", "Patient/never"),
                                entry("POST", "Nonsense", "{}"), entry("DELETE", "Patient/4")}));
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.value("type"), "batch-response");
  EXPECT_EQ(reply.value("entry.response.status"),
            "201 Created,400 Bad Request,200 OK,404 Not Found,404 Not Found,204 No Content");
  EXPECT_EQ(reply.value("entry[2].resource.id"), "1");
  EXPECT_EQ(reply.value("entry[3].response.outcome.issue.code"), "not-found");
}

TEST(Batch, reads_after_it_has_written) {
  StoreClient client;
  client.put("/fhir/Patient/old", patient("old"));
  const Reply reply = client.post(
      "/fhir", bundle("batch", {entry("GET", "Patient/new"), entry("GET", "Patient/old"),
                                entry("PUT", "Patient/new", patient("new")), entry("DELETE", "Patient/old")}));
  EXPECT_EQ(reply.value("entry.response.status"), "200 OK,410 Gone,201 Created,204 No Content");
}

TEST(Batch, takes_more_entries_than_are_under_way_at_once) {
  StoreClient client;
  std::vector<std::string> entries;
  entries.reserve(200);
  for (int i = 0; i < 200; ++i) {
    entries.push_back(entry("PUT", "Patient/" + std::to_string(i), patient(std::to_string(i))));
  }
  EXPECT_EQ(
      client.post("/fhir", bundle("batch", entries)).value("entry.where(response.status = '201 Created').count()"),
      "200");
}

TEST(Transaction, gives_ids_to_what_refers_to_each_other) {
  StoreClient client;
  const Reply reply = client.post(
      "/fhir", bundle("transaction", {entry("POST", "Observation", observation("urn:uuid:aa"), "urn:uuid:bb"),
                                      entry("POST", "Patient", patient("x"), "urn:uuid:aa")}));
  ASSERT_EQ(reply.status, 200) << reply.body;
  EXPECT_EQ(reply.value("type"), "transaction-response");
  EXPECT_EQ(reply.value("entry.response.status"), "201 Created,201 Created");
  const std::string location = reply.value("entry[1].response.location");
  const std::string path = location.substr(0, location.find("/_history"));
  const std::string seen = reply.value("entry[0].response.location");
  EXPECT_EQ(client.get("/fhir/" + seen.substr(0, seen.find("/_history"))).value("subject.reference"), path);
}

TEST(Transaction, does_all_or_nothing_and_says_which_entry_is_at_fault) {
  StoreClient client;
  client.put("/fhir/Patient/1", patient("1"));
  const Reply reply = client.post(
      "/fhir", bundle("transaction", {entry("PUT", "Patient/2", patient("2")),
                                      entry("PUT", "Patient/1", patient("1"), "", R"(,"ifMatch":"W/\"9\"")")}));
  EXPECT_EQ(reply.status, 412);
  EXPECT_EQ(reply.value("issue.expression"), "Bundle.entry[1]");
  EXPECT_EQ(client.get("/fhir/Patient/2").status, 404);
}

TEST(Transaction, refuses_what_it_cannot_mean) {
  StoreClient client;
  const struct {
    std::vector<std::string> entries;
    int status;
    const char* expression;
  } rows[] = {
      {{entry("PUT", "Patient/1", patient("1")), entry("DELETE", "Patient/1")}, 400, "Bundle.entry[0]"},
      {{entry("POST", "Observation", observation("urn:uuid:none"))}, 422, "Bundle.entry[0]"},
      {{entry("POST", "Patient", observation("Patient/1"))}, 400, "Bundle.entry[0]"},
      {{entry("PUT", "Patient/1", patient("2"))}, 400, "Bundle.entry[0]"},
      {{entry("POST", "Patient")}, 400, "Bundle.entry[0]"},
      {{entry("POST", "Nonsense", patient("1"))}, 400, "Bundle.entry[0]"},
      {{entry("MOVE", "Patient/1")}, 400, "Bundle.entry[0]"},
      {{"{}"}, 400, "Bundle.entry[0]"},
  };
  for (const auto& row : rows) {
    const Reply reply = client.post("/fhir", bundle("transaction", row.entries));
    EXPECT_EQ(reply.status, row.status) << reply.body;
    EXPECT_EQ(reply.value("issue.expression"), row.expression) << row.entries.front();
  }
}

TEST(Transaction, reads_what_it_wrote_and_shows_it_when_asked) {
  StoreClient client;
  const Reply reply =
      client.post("/fhir", bundle("transaction", {entry("GET", "Patient/1"), entry("PUT", "Patient/1", patient("1"))}),
                  {{"Prefer", "return=representation"}});
  EXPECT_EQ(reply.value("entry.response.status"), "200 OK,201 Created");
  EXPECT_EQ(reply.value("entry.resource.id"), "1,1");
}

TEST(Transaction, resolves_conditions_to_what_is_there) {
  StoreClient client;
  const std::string mrn = R"({"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"1"}]})";
  const auto post = [&] {
    return client.post(
        "/fhir",
        bundle("transaction", {entry("POST", "Patient", mrn, "urn:uuid:p", R"(,"ifNoneExist":"identifier=urn:mrn|1")"),
                               entry("POST", "Observation", observation("urn:uuid:p"))}));
  };
  EXPECT_EQ(post().value("entry.response.status"), "201 Created,201 Created");
  EXPECT_EQ(post().value("entry.response.status"), "200 OK,201 Created");
  const Reply reply = client.post(
      "/fhir", bundle("transaction", {entry("POST", "Observation", observation("Patient?identifier=urn:mrn|1")),
                                      entry("PUT", "Patient?identifier=urn:mrn|1",
                                            R"({"resourceType":"Patient","active":true,"identifier":)"
                                            R"([{"system":"urn:mrn","value":"1"}]})")}));
  EXPECT_EQ(reply.value("entry.response.status"), "201 Created,200 OK") << reply.body;
  EXPECT_EQ(client.get("/fhir/Observation?subject:identifier=x&_summary=count").status, 200);
  EXPECT_EQ(
      client
          .post("/fhir", bundle("transaction", {entry("POST", "Observation", observation("Patient?identifier=none"))}))
          .status,
      412);
}

TEST(Transaction, patches) {
  StoreClient client;
  client.put("/fhir/Patient/1", patient("1"));
  const std::string change = R"({"resourceType":"Binary","contentType":"application/json-patch+json","data":)"
                             R"("W3sib3AiOiJhZGQiLCJwYXRoIjoiL2FjdGl2ZSIsInZhbHVlIjp0cnVlfV0="})";
  for (const char* type : {"transaction", "batch"}) {
    const Reply reply = client.post("/fhir", bundle(type, {entry("PATCH", "Patient/1", change)}));
    EXPECT_EQ(reply.value("entry.response.status"), "200 OK") << reply.body;
  }
  EXPECT_EQ(client.get("/fhir/Patient/1").value("active"), "true");
}

TEST(BundleReferences, replaces_references_uris_and_links_of_the_narrative) {
  Issues issues;
  const std::string text =
      R"({"resourceType":"Bundle","type":"transaction","entry":[{"resource":{"resourceType":"Observation","text":)"
      R"({"status":"generated","div":"<div><a href=\"urn:uuid:a\">x</a><img src='urn:uuid:a'/>urn:uuid:a</div>"},)"
      R"("extension":[{"url":"http://x","valueUri":"urn:uuid:a"},{"url":"http://x","valueCanonical":"urn:uuid:a"}],)"
      R"("subject":{"reference":"urn:uuid:a"},"performer":[{"reference":"Practitioner/2"}],)"
      R"("focus":[{"reference":"#c"}]}}]})";
  const fhir::Document document = fhir::DocumentParser().parse(text, issues);
  BundleReferences references;
  references.add("urn:uuid:a", "Patient/1");
  references.add("http://other/Practitioner/2", "Practitioner/9");
  const fhir::Node resource = document.root().child("entry").child("resource");
  const Result<std::string> resolved = references.resolved(document.source(), resource, "http://other/Observation/5");
  ASSERT_TRUE(resolved);
  EXPECT_THAT(*resolved, HasSubstr(R"(<a href=\"Patient/1\">x</a><img src='Patient/1'/>urn:uuid:a)"));
  EXPECT_THAT(*resolved, HasSubstr(R"("valueUri":"Patient/1")"));
  EXPECT_THAT(*resolved, HasSubstr(R"("valueCanonical":"urn:uuid:a")"));
  EXPECT_THAT(*resolved, HasSubstr(R"("subject":{"reference":"Patient/1"})"));
  EXPECT_THAT(*resolved, HasSubstr(R"({"reference":"Practitioner/9"})"));
  EXPECT_THAT(*resolved, HasSubstr(R"({"reference":"#c"})"));
}

}  // namespace
}  // namespace meridian::rest
