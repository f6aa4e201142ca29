// MllpServer: order, back-pressure, peers that misbehave, TLS, many connections, draining.
#include "connect/mllp_server.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "connect/mllp_client.hpp"
#include "connect/testing/raw_peer.hpp"
#include "net/io.hpp"
#include "net/testing/authority.hpp"

namespace meridian::connect {
namespace {

using net::testing::Authority;
using net::testing::Identity;
using testing::framed;
using testing::RawPeer;

struct Held {
  std::string content;
  MllpFrame frame;
  MllpResponder responder;
};

/// Keeps what comes until the test answers it.
class Desk {
 public:
  MllpHandler handler() {
    return [this](MllpMessage message, MllpResponder responder) {
      const std::lock_guard lock(mutex_);
      std::string content = message.frame.content;
      held_.push_back({std::move(content), std::move(message.frame), std::move(responder)});
      changed_.notify_all();
    };
  }
  Held next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !held_.empty(); });
    Held first = std::move(held_.front());
    held_.pop_front();
    return first;
  }
  std::size_t waiting() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Held> held_;
};

MllpHandler echo() {
  return
      [](MllpMessage message, MllpResponder responder) { std::move(responder).answer("ack " + message.frame.content); };
}

class MllpServers : public ::testing::Test {
 protected:
  MllpServer& start(MllpHandler handler) {
    Result<MllpServer> started = MllpServer::start(options_, io_, std::move(handler));
    EXPECT_TRUE(started) << started.error().message();
    server_ = std::make_unique<MllpServer>(*std::move(started));
    return *server_;
  }
  /// Until the condition holds; a test that waits for ever is stopped from outside.
  template <typename Condition>
  void until(Condition condition) {
    while (!condition()) std::this_thread::yield();
  }

  net::Io io_{{.threads = 2, .tick_milliseconds = 5}};
  MllpServerOptions options_;
  Desk desk_;
  std::unique_ptr<MllpServer> server_;
};

TEST_F(MllpServers, answer_each_message) {
  RawPeer peer(start(echo()).port());
  ASSERT_TRUE(peer.send(framed("MSH|1")));
  EXPECT_EQ(peer.frame(), "ack MSH|1");
  ASSERT_TRUE(peer.send(framed("MSH|2")));
  EXPECT_EQ(peer.frame(), "ack MSH|2");
  EXPECT_EQ(server_->counts().messages, 2U);
}

TEST_F(MllpServers, answer_in_the_order_of_the_messages_whenever_the_answers_are_given) {
  RawPeer peer(start(desk_.handler()).port());
  ASSERT_TRUE(peer.send(framed("MSH|1") + framed("MSH|2") + framed("MSH|3")));
  Held first = desk_.next();
  Held second = desk_.next();
  Held third = desk_.next();
  std::move(third.responder).answer("three");
  std::move(second.responder).skip();
  std::move(first.responder).answer("one");
  EXPECT_EQ(peer.frame(), "one");
  EXPECT_EQ(peer.frame(), "three");
}

TEST_F(MllpServers, take_a_message_byte_by_byte) {
  RawPeer peer(start(echo()).port());
  for (const char byte : framed("MSH|slow")) ASSERT_TRUE(peer.send({&byte, 1}));
  EXPECT_EQ(peer.frame(), "ack MSH|slow");
}

TEST_F(MllpServers, take_a_frame_without_return_when_the_peer_pauses) {
  options_.pause_ms = 20;
  RawPeer peer(start(echo()).port());
  ASSERT_TRUE(peer.send("\x0bMSH|1\x1c"));
  EXPECT_EQ(peer.frame(), "ack MSH|1");
  ASSERT_TRUE(peer.send("\r" + framed("MSH|2")));
  EXPECT_EQ(peer.frame(), "ack MSH|2");
  EXPECT_EQ(server_->counts().faults[static_cast<std::size_t>(MllpFault::missing_return)], 1U);
}

TEST_F(MllpServers, tell_the_handler_what_was_wrong_with_the_frame) {
  RawPeer peer(start(desk_.handler()).port());
  ASSERT_TRUE(peer.send("noise" + framed("MSH|1")));
  const Held held = desk_.next();
  ASSERT_EQ(held.frame.deviations.size(), 1U);
  EXPECT_EQ(held.frame.deviations[0], (MllpDeviation{MllpFault::garbage_between, 5}));
  EXPECT_EQ(server_->counts().faults[static_cast<std::size_t>(MllpFault::garbage_between)], 1U);
}

TEST_F(MllpServers, hand_on_the_beginning_of_a_message_that_is_too_large) {
  options_.frame.content_bytes = 1000;
  options_.frame.kept_of_too_large = 8;
  RawPeer peer(start(desk_.handler()).port());
  ASSERT_TRUE(peer.send(framed("MSH|" + std::string(100'000, 'x')) + framed("MSH|2")));
  Held large = desk_.next();
  EXPECT_TRUE(large.frame.is_cut);
  EXPECT_EQ(large.content, "MSH|xxxx");
  std::move(large.responder).answer("too large");
  Held next = desk_.next();
  EXPECT_EQ(next.content, "MSH|2");
  std::move(next.responder).answer("fine");
  EXPECT_EQ(peer.frame(), "too large");
  EXPECT_EQ(peer.frame(), "fine");
}

TEST_F(MllpServers, do_not_read_on_while_too_many_messages_are_unanswered) {
  options_.unanswered_messages = 2;
  RawPeer peer(start(desk_.handler()).port());
  std::string all;
  for (int i = 0; i < 10; ++i) all += framed("MSH|" + std::to_string(i));
  ASSERT_TRUE(peer.send(all));
  for (int i = 0; i < 10; ++i) {
    Held held = desk_.next();
    EXPECT_EQ(held.content, "MSH|" + std::to_string(i));
    EXPECT_LE(desk_.waiting(), 1U);
    std::move(held.responder).answer("ok");
    EXPECT_EQ(peer.frame(), "ok");
  }
  EXPECT_GT(server_->counts().pauses, 0U);
}

TEST_F(MllpServers, share_one_budget_of_bytes_among_all_connections) {
  options_.frame.content_bytes = 4000;
  options_.all_unanswered_bytes = 4000;
  RawPeer first(start(desk_.handler()).port());
  RawPeer second(server_->port());
  ASSERT_TRUE(first.send(framed("MSH|" + std::string(3990, '1'))));
  Held held = desk_.next();
  ASSERT_TRUE(second.send(framed("MSH|2")));
  until([&] { return server_->counts().pauses > 0; });
  EXPECT_EQ(desk_.waiting(), 0U);
  std::move(held.responder).answer("ok");
  Held other = desk_.next();
  EXPECT_EQ(other.content, "MSH|2");
  std::move(other.responder).answer("ok");
  EXPECT_EQ(second.frame(), "ok");
}

TEST_F(MllpServers, cut_a_peer_that_never_reads) {
  options_.stall_ms = 50;
  options_.unanswered_bytes = 100'000;
  const std::string answer(50'000, 'a');
  RawPeer peer(start([&](MllpMessage, MllpResponder responder) { std::move(responder).answer(answer); }).port());
  const std::string message = framed("MSH|1");
  while (server_->counts().connections_cut == 0) peer.send_what_is_taken(message);
  until([&] { return server_->counts().connections_open == 0; });
  EXPECT_EQ(server_->counts().unanswered_bytes, 0U) << "what it left unread is given back";
}

TEST_F(MllpServers, cut_a_peer_that_stays_silent_within_a_frame) {
  options_.stall_ms = 30;
  RawPeer peer(start(echo()).port());
  ASSERT_TRUE(peer.send("\x0bMSH|half"));
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(server_->counts().connections_cut, 1U);
  EXPECT_EQ(server_->counts().faults[static_cast<std::size_t>(MllpFault::truncated)], 1U);
}

TEST_F(MllpServers, cut_a_peer_that_sends_no_frames) {
  options_.garbage_bytes = 1000;
  RawPeer peer(start(echo()).port());
  peer.send(std::string(20'000, 'x'));
  until([&] { return server_->counts().connections_cut == 1; });
}

TEST_F(MllpServers, let_go_of_a_peer_that_is_idle_for_too_long_when_told_so) {
  options_.idle_ms = 20;
  RawPeer peer(start(echo()).port());
  EXPECT_TRUE(peer.is_closed());
  EXPECT_EQ(server_->counts().connections_cut, 0U);
}

TEST_F(MllpServers, cut_the_connection_of_a_message_that_nobody_answers) {
  RawPeer peer(start([](MllpMessage, const MllpResponder&) {}).port());
  ASSERT_TRUE(peer.send(framed("MSH|1")));
  EXPECT_TRUE(peer.is_closed()) << "so that the peer sends it again";
}

TEST_F(MllpServers, answer_what_was_sent_before_the_peer_finished) {
  RawPeer peer(start(desk_.handler()).port());
  ASSERT_TRUE(peer.send(framed("MSH|1") + "\x0bMSH|2\x1c"));
  peer.finish_sending();
  Held first = desk_.next();
  Held second = desk_.next();
  std::move(second.responder).answer("two");
  std::move(first.responder).answer("one");
  EXPECT_EQ(peer.frame(), "one");
  EXPECT_EQ(peer.frame(), "two");
  EXPECT_TRUE(peer.is_closed());
}

TEST_F(MllpServers, drop_an_answer_that_comes_after_the_peer_has_gone) {
  start(desk_.handler());
  std::shared_ptr<MllpLine> line;
  Held held;
  {
    RawPeer peer(server_->port());
    ASSERT_TRUE(peer.send(framed("MSH|1")));
    held = desk_.next();
    line = held.responder.line();
  }
  server_->drain(0);
  std::move(held.responder).answer("too late");
  EXPECT_FALSE(line->send("too late as well"));
  EXPECT_EQ(line->peer().address, "127.0.0.1");
  EXPECT_EQ(server_->counts().connections_open, 0U);
}

TEST_F(MllpServers, send_messages_that_answer_none) {
  RawPeer peer(start(desk_.handler()).port());
  ASSERT_TRUE(peer.send(framed("MSH|1")));
  Held held = desk_.next();
  const std::shared_ptr<MllpLine> line = held.responder.line();
  std::move(held.responder).answer("commit accept");
  EXPECT_TRUE(line->send("application accept"));
  EXPECT_EQ(peer.frame(), "commit accept");
  EXPECT_EQ(peer.frame(), "application accept");
}

TEST_F(MllpServers, read_nothing_while_paused) {
  RawPeer peer(start(echo()).port());
  ASSERT_TRUE(peer.send(framed("MSH|1")));
  EXPECT_EQ(peer.frame(), "ack MSH|1");
  server_->pause();
  ASSERT_TRUE(peer.send(framed("MSH|2")));
  until([&] { return server_->counts().pauses > 0; });
  EXPECT_EQ(server_->counts().messages, 1U);
  server_->resume();
  EXPECT_EQ(peer.frame(), "ack MSH|2");
}

TEST_F(MllpServers, drain_by_answering_what_they_have_read) {
  RawPeer busy(start(desk_.handler()).port());
  RawPeer idle(server_->port());
  ASSERT_TRUE(busy.send(framed("MSH|1")));
  Held held = desk_.next();
  std::thread answering([&] {
    EXPECT_TRUE(idle.is_closed());
    std::move(held.responder).answer("ok");
  });
  EXPECT_TRUE(server_->drain(60'000));
  answering.join();
  EXPECT_EQ(busy.frame(), "ok");
  EXPECT_TRUE(busy.is_closed());
  EXPECT_FALSE(RawPeer(server_->port()).is_connected()) << "nobody listens any more";
}

TEST_F(MllpServers, refuse_one_connection_too_many) {
  options_.connections = 1;
  RawPeer first(start(echo()).port());
  ASSERT_TRUE(first.send(framed("MSH|1")));
  EXPECT_EQ(first.frame(), "ack MSH|1");
  RawPeer second(server_->port());
  EXPECT_TRUE(second.is_closed());
  EXPECT_EQ(server_->counts().connections_refused, 1U);
}

TEST_F(MllpServers, hold_two_thousand_idle_connections_and_answer_another) {
  constexpr rlim_t kCrowd = 2000;
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  if (limit.rlim_max < 2 * kCrowd + 200) GTEST_SKIP() << "this machine allows too few open files";
  limit.rlim_cur = std::max(limit.rlim_cur, 2 * kCrowd + 200);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  options_.connections_per_address = 10'000;
  start(echo());
  std::vector<RawPeer> crowd;
  crowd.reserve(kCrowd);
  for (rlim_t i = 0; i < kCrowd; ++i) crowd.emplace_back(server_->port());
  until([&] { return server_->counts().connections_open == kCrowd; });
  for (std::size_t i = 0; i < kCrowd; i += 100) {
    ASSERT_TRUE(crowd[i].send(framed("MSH|" + std::to_string(i))));
    EXPECT_EQ(crowd[i].frame(), "ack MSH|" + std::to_string(i));
  }
  EXPECT_TRUE(server_->drain(60'000));
}

TEST_F(MllpServers, refuse_options_that_allow_nothing) {
  options_.unanswered_messages = 0;
  EXPECT_EQ(MllpServer::start(options_, io_, echo()).error().code(), ErrorCode::invalid_argument);
}

class SecureMllp : public MllpServers {
 protected:
  SecureMllp() {
    const Identity server = authority_.identity("localhost", "DNS:localhost,IP:127.0.0.1");
    options_.tls = true;
    options_.certificates.certificate_chain = server.certificate;
    options_.certificates.private_key = server.key;
    options_.certificates.client_certificate = net::ClientCertificate::required;
    options_.certificates.client_authorities = authority_.pem();
    sender_.host = "localhost";
    sender_.tls = true;
    sender_.retry_first_ms = 1;
    sender_.certificates.authorities = authority_.pem();
  }
  void show(const Identity& identity) {
    sender_.certificates.certificate_chain = identity.certificate;
    sender_.certificates.private_key = identity.key;
  }
  std::unique_ptr<MllpClient> client() {
    sender_.port = server_->port();
    return *MllpClient::create(sender_, io_);
  }

  Authority authority_;
  MllpClientOptions sender_;
};

TEST_F(SecureMllp, carries_messages_and_tells_who_sent_them) {
  show(authority_.identity("lab-1", ""));
  start(desk_.handler());
  const std::unique_ptr<MllpClient> sender = client();
  std::thread answering([&] {
    Held held = desk_.next();
    EXPECT_EQ(held.responder.line()->peer().certificate_subject, "CN=lab-1");
    EXPECT_EQ(held.responder.line()->peer().certificate_sha256.size(), 64U);
    EXPECT_TRUE(held.responder.line()->peer().is_encrypted);
    std::move(held.responder).answer("ok");
  });
  EXPECT_EQ(sender->send("MSH|" + std::string(200'000, 'x')).value(), "ok");
  answering.join();
}

TEST_F(SecureMllp, refuses_a_sender_without_a_certificate) {
  start(echo());
  EXPECT_FALSE(client()->send("MSH|1"));
  EXPECT_EQ(server_->counts().messages, 0U);
}

TEST_F(SecureMllp, refuses_a_sender_whose_certificate_nobody_vouches_for) {
  show(Authority().identity("stranger", ""));
  start(echo());
  EXPECT_FALSE(client()->send("MSH|1"));
  EXPECT_EQ(server_->counts().messages, 0U);
}

TEST_F(SecureMllp, keeps_its_connection) {
  show(authority_.identity("lab-1", ""));
  start(echo());
  const std::unique_ptr<MllpClient> sender = client();
  EXPECT_EQ(sender->send("MSH|1").value(), "ack MSH|1");
  EXPECT_EQ(sender->send("MSH|2").value(), "ack MSH|2");
  EXPECT_EQ(sender->connections_made(), 1U);
}

}  // namespace
}  // namespace meridian::connect
