// The whole matrix of interactions: a request to a store with some content, and the status that the specification asks.
#include <gtest/gtest.h>

#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using http::Method;
using testing::Reply;
using testing::StoreClient;

constexpr const char* kPatient = R"({"resourceType":"Patient","id":"7","active":true})";

struct Row {
  Method method;
  const char* target;
  const char* body;
  StoreClient::Fields fields;
  int status;
};

/// Patient/7 in two versions, Patient/gone deleted, Patient/8 and 9 with one identifier.
void fill(StoreClient& client) {
  client.put("/fhir/Patient/7", R"({"resourceType":"Patient","id":"7"})");
  client.put("/fhir/Patient/7", kPatient);
  client.put("/fhir/Patient/gone", R"({"resourceType":"Patient","id":"gone"})");
  client.remove("/fhir/Patient/gone");
  client.put("/fhir/Observation/1", R"({"resourceType":"Observation","id":"1","status":"final","code":{"text":"x"},)"
                                    R"("subject":{"reference":"Patient/7"}})");
}

TEST(InteractionMatrix, answers_each_request_with_the_status_of_the_specification) {
  const std::vector<Row> rows = {
      // read, vread, history
      {Method::get, "/fhir/Patient/7", "", {}, 200},
      {Method::head, "/fhir/Patient/7", "", {}, 200},
      {Method::get, "/fhir/Patient/8", "", {}, 404},
      {Method::get, "/fhir/Patient/gone", "", {}, 410},
      {Method::get, "/fhir/Patient/not_an_id", "", {}, 404},
      {Method::get, "/fhir/Nonsense/7", "", {}, 404},
      {Method::get, "/fhir/DomainResource/7", "", {}, 404},
      {Method::get, "/fhir/HumanName/7", "", {}, 404},
      {Method::get, "/fhir/Patient/7", "", {{"If-None-Match", "W/\"2\""}}, 304},
      {Method::get, "/fhir/Patient/7", "", {{"If-None-Match", "W/\"1\""}}, 200},
      {Method::get, "/fhir/Patient/7", "", {{"If-Modified-Since", "Sat, 01 Jan 2028 00:00:00 GMT"}}, 304},
      {Method::get, "/fhir/Patient/7", "", {{"If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}}, 200},
      {Method::get, "/fhir/Patient/7", "", {{"Accept", "text/turtle"}}, 406},
      {Method::get, "/fhir/Patient/7?_format=ttl", "", {}, 406},
      {Method::get, "/fhir/Patient/7?_summary=nonsense", "", {}, 400},
      {Method::get, "/fhir/Patient/7/_history/1", "", {}, 200},
      {Method::get, "/fhir/Patient/7/_history/3", "", {}, 404},
      {Method::get, "/fhir/Patient/7/_history/x", "", {}, 404},
      {Method::get, "/fhir/Patient/gone/_history/1", "", {}, 200},
      {Method::get, "/fhir/Patient/gone/_history/2", "", {}, 410},
      {Method::get, "/fhir/Patient/7/_history", "", {}, 200},
      {Method::get, "/fhir/Patient/_history", "", {}, 200},
      {Method::get, "/fhir/_history?_since=2020-01-01", "", {}, 200},
      {Method::get, "/fhir/_history?_since=yesterday", "", {}, 400},
      {Method::get, "/fhir/_history?_count=x", "", {}, 400},
      // tenants
      {Method::get, "/t/1/fhir/Patient/7", "", {}, 200},
      {Method::get, "/t/2/fhir/Patient/7", "", {}, 404},
      {Method::get, "/t/zero/fhir/Patient/7", "", {}, 404},
      {Method::get, "/t/0/fhir/Patient/7", "", {}, 404},
      // create
      {Method::post, "/fhir/Patient", kPatient, {}, 201},
      {Method::post, "/fhir/Patient", "", {}, 400},
      {Method::post, "/fhir/Patient", "{", {}, 400},
      {Method::post, "/fhir/Observation", kPatient, {}, 400},
      {Method::post, "/fhir/Patient", kPatient, {{"Content-Type", "text/plain"}}, 415},
      {Method::post, "/fhir/Nonsense", kPatient, {}, 404},
      {Method::post, "/fhir/$nonsense", kPatient, {}, 404},
      // update
      {Method::put, "/fhir/Patient/new", R"({"resourceType":"Patient","id":"new"})", {}, 201},
      {Method::put, "/fhir/Patient/new", R"({"resourceType":"Patient","id":"new","active":false})", {}, 200},
      {Method::put, "/fhir/Patient/7", R"({"resourceType":"Patient"})", {}, 400},
      {Method::put, "/fhir/Patient/7", R"({"resourceType":"Patient","id":"8"})", {}, 400},
      {Method::put, "/fhir/Patient/a_b", R"({"resourceType":"Patient","id":"a_b"})", {}, 400},
      {Method::put, "/fhir/Patient/7", kPatient, {{"If-Match", "W/\"1\""}}, 412},
      {Method::put, "/fhir/Patient/7", kPatient, {{"If-Match", "W/\"2\""}}, 200},
      {Method::put, "/fhir/Patient/7", kPatient, {{"If-Match", "*"}}, 200},
      {Method::put, "/fhir/Patient/none", R"({"resourceType":"Patient","id":"none"})", {{"If-Match", "*"}}, 412},
      {Method::put, "/fhir/Patient/7", kPatient, {{"If-Match", "seven"}}, 400},
      {Method::put, "/fhir/Patient/7", kPatient, {{"If-None-Match", "*"}}, 412},
      {Method::put, "/fhir/Patient/7", kPatient, {{"If-None-Match", "W/\"1\""}}, 400},
      {Method::put, "/fhir/Patient", kPatient, {}, 412},
      // delete
      {Method::delete_, "/fhir/Patient/new", "", {{"If-Match", "W/\"1\""}}, 412},
      {Method::delete_, "/fhir/Patient/new", "", {{"If-Match", "W/\"2\""}}, 204},
      {Method::delete_, "/fhir/Patient/new", "", {}, 204},
      {Method::delete_, "/fhir/Patient/never", "", {}, 204},
      {Method::delete_, "/fhir/Patient/never", "", {{"Prefer", "return=OperationOutcome"}}, 200},
      {Method::delete_, "/fhir/Patient", "", {}, 412},
      // patch
      {Method::patch, "/fhir/Patient/7", "[]", {{"Content-Type", "application/json-patch+json"}}, 200},
      {Method::patch, "/fhir/Patient/7", "{", {{"Content-Type", "application/json-patch+json"}}, 422},
      {Method::patch, "/fhir/Patient/7", "[]", {{"Content-Type", "application/json"}}, 400},
      {Method::patch, "/fhir/Patient/7", "[]", {{"Content-Type", "text/plain"}}, 415},
      {Method::patch, "/fhir/Patient/7", "[]", {}, 415},
      {Method::patch, "/fhir/Patient/never", "[]", {{"Content-Type", "application/json-patch+json"}}, 404},
      {Method::patch, "/fhir/Patient/gone", "[]", {{"Content-Type", "application/json-patch+json"}}, 410},
      {Method::patch, "/fhir/Patient", "[]", {{"Content-Type", "application/json-patch+json"}}, 412},
      // bundles
      {Method::post, "/fhir", kPatient, {}, 400},
      {Method::post, "/fhir", R"({"resourceType":"Bundle","type":"collection"})", {}, 400},
      {Method::post, "/fhir", R"({"resourceType":"Bundle","type":"batch"})", {}, 200},
      {Method::post, "/fhir", R"({"resourceType":"Bundle","type":"transaction"})", {}, 200},
      // operations
      {Method::get, "/fhir/Patient/7/$everything", "", {}, 200},
      {Method::get, "/fhir/Patient/7/$everything?start=soon", "", {}, 400},
      {Method::get, "/fhir/Patient/never/$everything", "", {}, 404},
      {Method::get, "/fhir/Observation/1/$everything", "", {}, 404},
      {Method::get, "/fhir/Observation/$lastn", "", {}, 400},
      {Method::get, "/fhir/Observation/$stats", "", {}, 400},
      {Method::get, "/fhir/Patient/7/$meta", "", {}, 200},
      {Method::get, "/fhir/Patient/never/$meta", "", {}, 404},
      {Method::post, "/fhir/Patient/7/$meta-add", R"({"resourceType":"Parameters"})", {}, 400},
      {Method::get, "/fhir/Patient/7/$diff", "", {}, 200},
      {Method::get, "/fhir/Patient/7/$diff?fromVersion=x", "", {}, 400},
      {Method::post, "/fhir/Patient/7/$expunge", "", {}, 400},
      {Method::get, "/fhir/Patient/7/$nonsense", "", {}, 404},
      {Method::get, "/fhir/metadata", "", {}, 200},
      {Method::put, "/fhir/metadata", "", {}, 405},
  };
  StoreClient client;
  fill(client);
  for (const Row& row : rows) {
    const Reply reply = client.ask(row.method, row.target, row.body, row.fields);
    EXPECT_EQ(reply.status, row.status) << http::name(row.method) << " " << row.target << " " << row.body << "\n"
                                        << reply.body;
    if (row.status < 400) continue;
    EXPECT_NE(reply.issues(), "") << row.target;
    EXPECT_EQ(reply.issues().find("not a"), std::string::npos) << reply.issues();
  }
}

}  // namespace
}  // namespace meridian::rest
