// MllpClient: answers, timeouts, peers that go and come back, pauses between tries.
#include "connect/mllp_client.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "connect/mllp_server.hpp"
#include "connect/retry.hpp"
#include "net/io.hpp"

namespace meridian::connect {
namespace {

class MllpClients : public ::testing::Test {
 protected:
  std::unique_ptr<MllpServer> serve(MllpHandler handler, std::uint16_t port = 0) {
    MllpServerOptions options;
    options.port = port;
    Result<MllpServer> started = MllpServer::start(options, io_, std::move(handler));
    EXPECT_TRUE(started) << started.error().message();
    auto server = std::make_unique<MllpServer>(*std::move(started));
    options_.port = server->port();
    return server;
  }
  static MllpHandler echo() {
    return [](MllpMessage message, MllpResponder responder) {
      std::move(responder).answer("ack " + message.frame.content);
    };
  }
  std::unique_ptr<MllpClient> client() { return *MllpClient::create(options_, io_); }

  MllpClients() {
    options_.host = "127.0.0.1";
    options_.retry_first_ms = 1;
    options_.retry_most_ms = 5;
  }

  net::Io io_{{.threads = 2, .tick_milliseconds = 5}};
  MllpClientOptions options_;
};

TEST_F(MllpClients, get_an_answer_to_each_message_in_order) {
  const auto server = serve(echo());
  const auto sender = client();
  std::vector<std::future<std::string>> answers;
  for (int i = 0; i < 100; ++i) {
    auto promise = std::make_shared<std::promise<std::string>>();
    answers.push_back(promise->get_future());
    sender->send("MSH|" + std::to_string(i), [promise](Result<std::string> answer) {
      promise->set_value(answer ? *answer : answer.error().message());
    });
  }
  for (int i = 0; i < 100; ++i) EXPECT_EQ(answers[static_cast<std::size_t>(i)].get(), "ack MSH|" + std::to_string(i));
  EXPECT_EQ(sender->connections_made(), 1U);
}

TEST_F(MllpClients, are_told_when_no_answer_comes_in_time) {
  options_.answer_ms = 20;
  std::vector<MllpResponder> kept;
  const auto server = serve([&](MllpMessage, MllpResponder responder) { kept.push_back(std::move(responder)); });
  EXPECT_EQ(client()->send("MSH|1").error().code(), ErrorCode::timeout);
  server->drain(0);
}

TEST_F(MllpClients, are_told_when_nobody_listens) {
  serve(echo())->drain(0);
  EXPECT_EQ(client()->send("MSH|1").error().code(), ErrorCode::io_failure);
}

TEST_F(MllpClients, try_again_as_often_as_they_are_told_to) {
  std::atomic<int> seen = 0;
  const auto server = serve([&](MllpMessage, MllpResponder responder) {
    if (++seen == 3) std::move(responder).answer("at last");  // dropped before: the connection is cut
  });
  options_.attempts = 3;
  const auto sender = client();
  EXPECT_EQ(sender->send("MSH|1").value(), "at last");
  EXPECT_EQ(sender->connections_made(), 3U);
}

TEST_F(MllpClients, come_back_to_a_peer_that_was_away) {
  auto server = serve(echo());
  const auto sender = client();
  EXPECT_EQ(sender->send("MSH|1").value(), "ack MSH|1");
  const std::uint16_t port = server->port();
  server->drain(10'000);
  server = nullptr;
  EXPECT_FALSE(sender->send("MSH|2"));
  server = serve(echo(), port);
  EXPECT_EQ(sender->send("MSH|2").value(), "ack MSH|2");
}

TEST_F(MllpClients, refuse_what_cannot_be_framed_or_queued) {
  std::vector<MllpResponder> kept;
  const auto server = serve([&](MllpMessage, MllpResponder responder) { kept.push_back(std::move(responder)); });
  options_.queued_bytes = 100;
  auto sender = client();
  EXPECT_EQ(sender->send("a\x1c\r").error().code(), ErrorCode::invalid_argument);
  std::atomic<int> busy = 0;
  std::atomic<int> cancelled = 0;
  for (int i = 0; i < 10; ++i) {
    sender->send(std::string(60, 'x'), [&](const Result<std::string>& answer) {
      busy += answer.error().code() == ErrorCode::busy ? 1 : 0;
      cancelled += answer.error().code() == ErrorCode::cancelled ? 1 : 0;
    });
  }
  sender = nullptr;  // tells whoever still waits
  EXPECT_GE(busy, 8);
  EXPECT_EQ(busy + cancelled, 10);
  server->drain(0);
}

TEST(MllpRetries, wait_longer_each_time_up_to_a_bound_and_with_chance) {
  MllpClientOptions options;
  options.retry_first_ms = 100;
  options.retry_most_ms = 1000;
  SeededRandom random(7);
  for (const auto& [tries, full] : {std::pair{0U, 100}, {1U, 200}, {3U, 800}, {4U, 1000}, {100U, 1000}}) {
    bool differs = false;
    const std::int64_t first = retry_pause_ms(options.retry_first_ms, options.retry_most_ms, tries, random);
    for (int i = 0; i < 20; ++i) {
      const std::int64_t pause = retry_pause_ms(options.retry_first_ms, options.retry_most_ms, tries, random);
      EXPECT_GE(pause, full / 2);
      EXPECT_LE(pause, full);
      differs = differs || pause != first;
    }
    EXPECT_TRUE(differs);
  }
}

TEST_F(MllpClients, need_a_host_and_a_port) {
  EXPECT_EQ(MllpClient::create({}, io_).error().code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace meridian::connect
