// Quotas: the bucket alone with a clock of the test's own, then 429 over sockets.
#include <gtest/gtest.h>

#include "http/internal/quota.hpp"
#include "http/service_routes.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using internal::Quota;
using internal::quota_client;
using testing::RawClient;
using testing::RawResponse;
using testing::TestServer;

constexpr std::int64_t kSecond = 1'000'000'000;
const std::string kEnd = "Host: localhost\r\n\r\n";

QuotaOptions quota(double rate, std::uint32_t burst) {
  QuotaOptions options;
  options.requests_per_second = rate;
  options.burst = burst;
  return options;
}

TEST(Quota, allows_the_burst_and_then_the_rate) {
  Quota bucket(quota(2, 3));
  std::int64_t now = 100 * kSecond;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take("ward", now), 0);
  EXPECT_EQ(bucket.take("ward", now), 1) << "half a second, told as a whole one";
  EXPECT_EQ(bucket.take("lab", now), 0) << "another client has a bucket of its own";
  now += kSecond / 2;
  EXPECT_EQ(bucket.take("ward", now), 0);
  EXPECT_NE(bucket.take("ward", now), 0);
  now += 10 * kSecond;  // full again, and no fuller
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bucket.take("ward", now), 0);
  EXPECT_NE(bucket.take("ward", now), 0);
}

TEST(Quota, says_how_long_to_wait_when_the_rate_is_slow) {
  Quota bucket(quota(0.1, 1));
  EXPECT_EQ(bucket.take("ward", 0), 0);
  EXPECT_EQ(bucket.take("ward", 0), 10);
  EXPECT_EQ(bucket.take("ward", 4 * kSecond), 6);
  EXPECT_EQ(bucket.take("ward", 10 * kSecond), 0) << "who waits as long as told is let in";
}

TEST(Quota, remembers_only_who_is_active_and_bounds_them) {
  QuotaOptions options = quota(1, 2);
  options.max_clients = 100;
  Quota bucket(options);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(bucket.take("client " + std::to_string(i), 0), 0);
  EXPECT_EQ(bucket.size(), 100u);
  // Newcomers share one bucket while there is no room for theirs.
  EXPECT_EQ(bucket.take("one more", 0), 0);
  EXPECT_EQ(bucket.take("another", 0), 0);
  EXPECT_NE(bucket.take("a third", 0), 0);
  EXPECT_EQ(bucket.take("client 5", 0), 0) << "those who are known keep theirs";
  EXPECT_EQ(bucket.take("late", 60 * kSecond), 0);
  EXPECT_EQ(bucket.size(), 1u) << "full buckets are forgotten";
}

TEST(Quota, counts_a_household_or_a_named_client_as_one) {
  QuotaOptions options = quota(1, 1);
  Request request(Method::get, "/");
  request.peer.address = "2001:db8:1:2::17";
  Request neighbour(Method::get, "/");
  neighbour.peer.address = "2001:db8:1:2:ffff::1";
  EXPECT_EQ(quota_client(request, options), quota_client(neighbour, options));
  neighbour.peer.address = "2001:db8:1:3::17";
  EXPECT_NE(quota_client(request, options), quota_client(neighbour, options));
  request.peer.address = "192.0.2.1";
  neighbour.peer.address = "::ffff:192.0.2.1";
  EXPECT_EQ(quota_client(request, options), quota_client(neighbour, options));
  request.peer.address = "unix";
  EXPECT_EQ(quota_client(request, options), "");
  options.client_field = "X-Client-Id";
  request.headers.add("x-client-id", "station-3");
  EXPECT_EQ(quota_client(request, options), "field:station-3");
}

TEST(Server, answers_429_with_a_time_to_wait_when_a_client_asks_too_often) {
  Router router;
  router.add(Method::get, "/hello", [](const Request&) { return Response::text("hello"); });
  mount_service_routes(router, {});
  ServerOptions options;
  options.quota = quota(0.01, 2);
  options.quota.client_field = "X-Client-Id";
  TestServer server(std::move(router), options);
  RawClient client(server.port());
  const auto get = [&](const std::string& path, const std::string& fields = {}) {
    client.send("GET " + path + " HTTP/1.1\r\n" + fields + kEnd);
    return client.response();
  };
  EXPECT_EQ(get("/hello").status, 200);
  EXPECT_EQ(get("/nothing").status, 404) << "what is not found counts too";
  const RawResponse refused = get("/hello");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.field("Content-Type"), "application/problem+json");
  const std::string wait = refused.field("Retry-After");
  EXPECT_TRUE(wait == "100" || wait == "99") << wait;
  EXPECT_EQ(get("/hello", "X-Client-Id: another\r\n").status, 200);
  EXPECT_EQ(get("/health").status, 200) << "whoever looks after the server is not counted";
  EXPECT_EQ(server.server().counts().requests_over_quota, 1u);
}

TEST(Server, has_no_quota_unless_asked) {
  Router router;
  router.add(Method::get, "/hello", [](const Request&) { return Response::text("hello"); }).run(Run::inline_);
  const TestServer server(std::move(router));
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 500; ++i) all += "GET /hello HTTP/1.1\r\n" + kEnd;
  client.send(all);
  for (int i = 0; i < 500; ++i) ASSERT_EQ(client.response().status, 200);
}

}  // namespace
}  // namespace meridian::http
