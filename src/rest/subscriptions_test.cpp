#include "rest/subscriptions.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "base/file_system.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/testing/store_client.hpp"

namespace meridian::rest {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::StoreClient;

/// Who is told: takes what comes, or refuses the next so many.
class Listener {
 public:
  bool take(const http::ClientRequest& request) {
    const std::lock_guard lock(mutex_);
    ++asked_;
    changed_.notify_all();
    if (refuse_ > 0) {
      --refuse_;
      return false;
    }
    heard_.push_back(std::string(http::name(request.method)) + " " + request.url);
    bodies_.push_back(request.body);
    headers_.push_back(std::string(request.headers.get("X-Key")));
    return true;
  }
  void refuse_next(int count) {
    const std::lock_guard lock(mutex_);
    refuse_ = count;
  }
  std::vector<std::string> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return heard_.size() >= count; });
    return heard_;
  }
  void wait_until_asked(int times) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ >= times; });
  }
  std::vector<std::string> bodies() {
    const std::lock_guard lock(mutex_);
    return bodies_;
  }
  std::vector<std::string> headers() {
    const std::lock_guard lock(mutex_);
    return headers_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;
  std::vector<std::string> bodies_;
  std::vector<std::string> headers_;
  int refuse_ = 0;
  int asked_ = 0;
};

std::string subscription(const std::string& id, const std::string& criteria, const std::string& more = {}) {
  return R"({"resourceType":"Subscription","id":")" + id + R"(","status":"requested","reason":"r","criteria":")" +
         criteria + R"(","channel":{"type":"rest-hook","endpoint":"https://example.org/)" + id + "\"" + more + "}}";
}
std::string patient(const std::string& id, const std::string& gender) {
  return R"({"resourceType":"Patient","id":")" + id + R"(","gender":")" + gender + "\"}";
}

class SubscriptionsTest : public ::testing::Test {
 protected:
  SubscriptionsTest() : server_({.store = &client.store()}) { start(); }
  void start() {
    SubscriptionRules rules;
    rules.first_pause_ms = 1;
    rules.max_attempts = 3;
    subscriptions_ = std::make_unique<Subscriptions>(
        server_, system_files(), client.folder() + "/subscriptions",
        [this](http::ClientRequest request) { return listener.take(request); }, rules);
  }
  void stop() { subscriptions_.reset(); }
  /// Until the server has taken it up, which it tells by the status.
  void subscribe(const std::string& id, const std::string& resource) {
    client.put("/fhir/Subscription/" + id, resource);
    while (client.get("/fhir/Subscription/" + id).value("status") != "active") std::this_thread::yield();
  }

  StoreClient client;
  Listener listener;
  FhirServer server_;
  std::unique_ptr<Subscriptions> subscriptions_;
};

TEST_F(SubscriptionsTest, tell_of_what_meets_the_criteria_in_order) {
  subscribe("s", subscription("s", "Patient?gender=female"));
  client.put("/fhir/Patient/1", patient("1", "female"));
  client.put("/fhir/Patient/2", patient("2", "male"));
  client.put("/fhir/Patient/3", patient("3", "female"));
  EXPECT_THAT(listener.wait_for(2), ElementsAre("POST https://example.org/s", "POST https://example.org/s"));
}

TEST_F(SubscriptionsTest, send_the_resource_when_a_payload_is_named) {
  subscribe("s", subscription("s", "Patient", R"(,"payload":"application/fhir+json","header":["X-Key: k"])"));
  client.put("/fhir/Patient/1", patient("1", "female"));
  EXPECT_THAT(listener.wait_for(1), ElementsAre("PUT https://example.org/s/Patient/1"));
  EXPECT_THAT(listener.bodies().front(), HasSubstr(R"("versionId":"1")"));
  EXPECT_EQ(listener.headers().front(), "k");
}

TEST_F(SubscriptionsTest, repeat_what_was_not_taken) {
  subscribe("s", subscription("s", "Patient", R"(,"payload":"application/fhir+json")"));
  listener.refuse_next(2);
  client.put("/fhir/Patient/1", patient("1", "female"));
  client.put("/fhir/Patient/2", patient("2", "female"));
  EXPECT_THAT(listener.wait_for(2),
              ElementsAre("PUT https://example.org/s/Patient/1", "PUT https://example.org/s/Patient/2"));
}

TEST_F(SubscriptionsTest, give_up_after_so_many_attempts_and_keep_a_dead_letter) {
  subscribe("s", subscription("s", "Patient", R"(,"payload":"application/fhir+json")"));
  listener.refuse_next(3);
  client.put("/fhir/Patient/1", patient("1", "female"));
  client.put("/fhir/Patient/2", patient("2", "female"));
  EXPECT_THAT(listener.wait_for(1), ElementsAre("PUT https://example.org/s/Patient/2"));
  const Result<std::string> dead = read_whole_file(system_files(), client.folder() + "/subscriptions/1.s.dead", 10'000);
  ASSERT_TRUE(dead);
  EXPECT_THAT(*dead, HasSubstr(R"("reference":"Patient/1/_history/1")"));
}

TEST_F(SubscriptionsTest, tell_later_what_happened_while_they_were_away) {
  subscribe("s", subscription("s", "Patient", R"(,"payload":"application/fhir+json")"));
  stop();
  client.put("/fhir/Patient/1", patient("1", "female"));
  start();
  EXPECT_THAT(listener.wait_for(1), ElementsAre("PUT https://example.org/s/Patient/1"));
}

TEST_F(SubscriptionsTest, end_when_they_are_turned_off) {
  subscribe("s", subscription("s", "Patient"));
  subscribe("t", subscription("t", "Patient"));
  client.remove("/fhir/Subscription/s");
  client.put("/fhir/Patient/1", patient("1", "female"));
  EXPECT_THAT(listener.wait_for(1), ElementsAre("POST https://example.org/t"));
}

}  // namespace
}  // namespace meridian::rest
