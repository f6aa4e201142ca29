#include "rest/feed_routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::Reply;
using testing::StoreClient;

std::string patient(const char* id) {
  return R"({"resourceType":"Patient","id":")" + std::string(id) + "\"}";
}

TEST(Feed, tells_changes_in_the_order_of_commits) {
  StoreClient client;
  client.put("/fhir/Patient/1", patient("1"));
  client.put("/fhir/Organization/2", R"({"resourceType":"Organization","id":"2","name":"x"})");
  client.remove("/fhir/Patient/1");
  const Reply all = client.get("/api/v1/feed");
  EXPECT_EQ(all.content_type, "application/json");
  EXPECT_THAT(all.body, HasSubstr(R"({"commit":1,"type":"Patient","id":"1","version":1,"change":"created")"));
  EXPECT_THAT(all.body, HasSubstr(R"({"commit":3,"type":"Patient","id":"1","version":2,"change":"deleted")"));
  EXPECT_THAT(all.body, HasSubstr(R"("through":3,"current":true)"));
  EXPECT_THAT(client.get("/api/v1/feed?after=1&types=Organization").body, Not(HasSubstr("Patient")));
  EXPECT_THAT(client.get("/t/2/api/v1/feed").body, HasSubstr(R"({"entries":[],"through":0)"));
}

TEST(Feed, says_what_is_wrong_as_a_problem) {
  StoreClient client;
  for (const char* target : {"/api/v1/feed?after=x", "/api/v1/feed?limit=x", "/api/v1/feed?types=Nonsense"}) {
    const Reply reply = client.get(target);
    EXPECT_EQ(reply.status, 400) << target;
    EXPECT_EQ(reply.content_type, "application/problem+json") << target;
  }
}

TEST(Feed, streams_events_from_where_the_client_was) {
  StoreClient client;
  client.put("/fhir/Patient/1", patient("1"));
  client.put("/fhir/Patient/2", patient("2"));
  const Reply reply = client.get("/api/v1/feed", {{"Accept", "text/event-stream"}, {"Last-Event-ID", "1"}});
  EXPECT_THAT(reply.content_type, HasSubstr("text/event-stream"));
  EXPECT_THAT(reply.body, HasSubstr("id: 2"));
  EXPECT_THAT(reply.body, Not(HasSubstr("id: 1")));
}

}  // namespace
}  // namespace meridian::rest
