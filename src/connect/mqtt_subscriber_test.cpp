#include "connect/mqtt_subscriber.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "connect/testing/mqtt_broker.hpp"
#include "net/io.hpp"

namespace meridian::connect {
namespace {

using ::testing::HasSubstr;
using testing::MqttBroker;

/// What came, taken one by one.
class Box {
 public:
  struct Came {
    MqttMessage message;
    MqttReceipt receipt;
  };
  void put(MqttMessage message, MqttReceipt receipt) {
    const std::lock_guard lock(mutex_);
    came_.push_back({std::move(message), std::move(receipt)});
    changed_.notify_all();
  }
  Came take() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !came_.empty(); });
    Came first = std::move(came_.front());
    came_.pop_front();
    return first;
  }
  std::size_t size() {
    const std::lock_guard lock(mutex_);
    return came_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Came> came_;
};

class MqttSubscribers : public ::testing::Test {
 protected:
  void start() {
    options_.host = "127.0.0.1";
    options_.port = broker_.port();
    options_.client_id = "meridian-ward";
    options_.filters = {"ward/+/vitals"};
    options_.retry_first_ms = 1;
    options_.retry_most_ms = 5;
    subscriber_ = *MqttSubscriber::start(options_, io_, [this](MqttMessage message, MqttReceipt receipt) {
      if (message.payload == pauses_after_) subscriber_->pause();
      box_.put(std::move(message), std::move(receipt));
    });
  }
  void until_connected(std::uint64_t times) {
    while (subscriber_->counts().connections < times) std::this_thread::yield();
  }

  net::Io io_{{.threads = 1, .tick_milliseconds = 5}};
  MqttBroker broker_;
  Box box_;
  std::string pauses_after_ = "nothing";
  MqttSubscriberOptions options_;
  std::unique_ptr<MqttSubscriber> subscriber_;
};

TEST_F(MqttSubscribers, says_who_it_is_and_what_it_wants) {
  options_.user = "nurse";
  options_.password = "secret";
  start();
  const std::string said = broker_.welcome();
  EXPECT_THAT(said, HasSubstr("meridian-ward"));
  EXPECT_THAT(said, HasSubstr(std::string("\0\x05nurse\0\x06secret", 15)));
  EXPECT_THAT(said, HasSubstr(std::string("ward/+/vitals\x01")));
  until_connected(1);
  EXPECT_TRUE(subscriber_->counts().is_connected);
}

TEST_F(MqttSubscribers, acknowledges_in_the_order_in_which_messages_came) {
  start();
  broker_.welcome();
  for (const std::uint16_t id : {11, 12, 13}) broker_.publish("ward/3/vitals", std::to_string(id), id);
  Box::Came first = box_.take();
  Box::Came second = box_.take();
  Box::Came third = box_.take();
  EXPECT_EQ(first.message.topic, "ward/3/vitals");
  EXPECT_EQ(first.message.payload, "11");
  std::move(third.receipt).acknowledge();
  std::move(second.receipt).acknowledge();
  std::move(first.receipt).acknowledge();
  EXPECT_EQ(broker_.acknowledged(), 11);
  EXPECT_EQ(broker_.acknowledged(), 12);
  EXPECT_EQ(broker_.acknowledged(), 13);
  EXPECT_EQ(subscriber_->counts().messages, 3U);
}

TEST_F(MqttSubscribers, takes_messages_that_nobody_is_told_of) {
  start();
  broker_.welcome();
  broker_.publish("ward/3/vitals", "quick", 0);
  broker_.publish("ward/3/vitals", "safe", 5);
  std::move(box_.take().receipt).acknowledge();
  std::move(box_.take().receipt).acknowledge();
  EXPECT_EQ(broker_.acknowledged(), 5);
}

TEST_F(MqttSubscribers, asks_again_for_what_could_not_be_made_safe) {
  start();
  broker_.welcome();
  broker_.publish("ward/3/vitals", "lost", 9);
  {
    const Box::Came let_go = box_.take();
  }
  EXPECT_EQ(broker_.next_but_ping(), std::nullopt) << "it ends the connection";
  broker_.welcome();
  broker_.publish("ward/3/vitals", "lost", 9, true);
  Box::Came again = box_.take();
  EXPECT_TRUE(again.message.is_again);
  std::move(again.receipt).acknowledge();
  EXPECT_EQ(broker_.acknowledged(), 9);
  until_connected(2);
}

TEST_F(MqttSubscribers, comes_back_when_the_connection_breaks) {
  start();
  broker_.welcome();
  broker_.publish("ward/3/vitals", "one", 1);
  Box::Came late = box_.take();
  broker_.cut();
  broker_.welcome();
  std::move(late.receipt).acknowledge();  // of a connection that has gone: nobody is told
  broker_.publish("ward/3/vitals", "two", 2);
  std::move(box_.take().receipt).acknowledge();
  EXPECT_EQ(broker_.acknowledged(), 2);
}

TEST_F(MqttSubscribers, reads_no_more_than_it_may_hold) {
  options_.unacknowledged = 4;
  start();
  broker_.welcome();
  for (std::uint16_t id = 1; id <= 10; ++id) broker_.publish("ward/3/vitals", std::to_string(id), id);
  std::deque<Box::Came> held;
  while (held.size() < 4) held.push_back(box_.take());
  EXPECT_EQ(box_.size(), 0U);
  EXPECT_EQ(subscriber_->counts().messages, 4U);
  for (std::uint16_t id = 1; id <= 10; ++id) {
    if (held.empty()) held.push_back(box_.take());
    std::move(held.front().receipt).acknowledge();
    held.pop_front();
    EXPECT_EQ(broker_.acknowledged(), id);
  }
}

TEST_F(MqttSubscribers, reads_on_where_it_was_paused) {
  pauses_after_ = "one";
  start();
  broker_.welcome();
  broker_.publish("ward/3/vitals", "one", 1);
  std::move(box_.take().receipt).acknowledge();
  EXPECT_EQ(broker_.acknowledged(), 1);
  broker_.publish("ward/3/vitals", "two", 2);
  EXPECT_EQ(subscriber_->counts().messages, 1U);
  subscriber_->resume();
  EXPECT_EQ(box_.take().message.payload, "two");
}

TEST_F(MqttSubscribers, gives_a_sign_of_life) {
  options_.keep_alive_seconds = 1;
  start();
  broker_.welcome();
  const std::optional<MqttPacket> packet = broker_.next();
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->type, MqttType::pingreq);
}

TEST_F(MqttSubscribers, says_why_it_is_not_let_in) {
  start();
  broker_.accept();
  ASSERT_TRUE(broker_.next());
  broker_.say(mqtt_packet(MqttType::connack, 0, std::string_view("\0\x05", 2)));
  broker_.welcome(0x80);
  EXPECT_EQ(broker_.next_but_ping(), std::nullopt);
  broker_.accept();
  EXPECT_THAT(subscriber_->counts().fault, HasSubstr("does not let this client listen to ward/+/vitals"));
  EXPECT_FALSE(subscriber_->counts().is_connected);
}

TEST_F(MqttSubscribers, ends_the_connection_on_what_is_no_mqtt) {
  start();
  broker_.welcome();
  broker_.say(std::string("\x00\x00", 2));
  EXPECT_EQ(broker_.next_but_ping(), std::nullopt);
  broker_.welcome();
  broker_.say(mqtt_packet(MqttType::publish, 2, "x"));
  EXPECT_EQ(broker_.next_but_ping(), std::nullopt);
  broker_.welcome();
  until_connected(3);
}

TEST(MqttSubscriberOptions, must_name_a_broker_and_topics) {
  net::Io io({.threads = 1, .tick_milliseconds = 5});
  MqttSubscriberOptions options;
  EXPECT_EQ(MqttSubscriber::start(options, io, {}).error().code(), ErrorCode::invalid_argument);
  options.host = "127.0.0.1";
  options.client_id = "m";
  options.filters = {"a/#/b"};
  EXPECT_THAT(MqttSubscriber::start(options, io, {}).error().message(), HasSubstr("no topic filter"));
}

}  // namespace
}  // namespace meridian::connect
