#include "connect/device_server.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mutex>
#include <string>
#include <vector>

#include "net/io.hpp"

namespace meridian::connect {
namespace {

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;
  void say(std::string_view bytes) const {
    EXPECT_EQ(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
  }
  /// So many bytes, or what came before the end.
  std::string hear(std::size_t count) const {
    std::string out(count, '\0');
    std::size_t at = 0;
    while (at < count) {
      const ssize_t got = ::recv(socket_, out.data() + at, count - at, 0);
      if (got <= 0) break;
      at += static_cast<std::size_t>(got);
    }
    out.resize(at);
    return out;
  }

 private:
  const int socket_;
};

struct Taken {
  std::mutex mutex;
  std::vector<std::string> messages;
  std::vector<bool> cuts;
  std::vector<DeviceResponder> waiting;
};

class DeviceServers : public ::testing::Test {
 protected:
  DeviceServer start(DeviceServerOptions options = {}, bool has_answers = true, bool answers_at_once = true) {
    Result<DeviceServer> server = DeviceServer::start(
        std::move(options), *io, [has_answers] { return line_protocol(20, has_answers); },
        [this, answers_at_once](std::string message, bool is_cut, DevicePeer& peer, DeviceResponder responder) {
          EXPECT_EQ(peer.address, "127.0.0.1");
          const bool is_safe = message != "bad";
          {
            const std::lock_guard lock(taken.mutex);
            taken.messages.push_back(std::move(message));
            taken.cuts.push_back(is_cut);
            if (!answers_at_once) taken.waiting.push_back(std::move(responder));
          }
          if (answers_at_once) std::move(responder).answer(is_safe);
        });
    EXPECT_TRUE(server);
    return *std::move(server);
  }
  std::unique_ptr<net::Io> io = std::make_unique<net::Io>();
  Taken taken;
};

TEST_F(DeviceServers, tell_of_each_line_whether_it_is_safe) {
  const DeviceServer server = start();
  const Client client(server.port());
  client.say("one\r\n\ntwo\nbad\nth");
  EXPECT_EQ(client.hear(12), "ok\nok\nagain\n");
  client.say("ree\n");
  EXPECT_EQ(client.hear(3), "ok\n");
  EXPECT_EQ(taken.messages, (std::vector<std::string>{"one", "two", "bad", "three"}));
  EXPECT_EQ(server.counts().messages, 4U);
}

TEST_F(DeviceServers, hand_on_the_beginning_of_a_line_that_is_too_long) {
  const DeviceServer server = start();
  const Client client(server.port());
  client.say(std::string(100, 'x') + "\nnext\n");
  EXPECT_EQ(client.hear(6), "no\nok\n");
  EXPECT_EQ(taken.messages, (std::vector<std::string>{std::string(20, 'x'), "next"}));
  EXPECT_EQ(taken.cuts, (std::vector<bool>{true, false}));
}

TEST_F(DeviceServers, cut_a_peer_that_cannot_be_told_that_its_message_is_not_safe) {
  const DeviceServer server = start({}, false);
  const Client client(server.port());
  client.say("good\nbad\nnever\n");
  EXPECT_EQ(client.hear(1), "");
  EXPECT_EQ(taken.messages, (std::vector<std::string>{"good", "bad"}));
}

TEST_F(DeviceServers, refuse_one_connection_too_many) {
  DeviceServerOptions options;
  options.connections = 1;
  const DeviceServer server = start(std::move(options));
  const Client first(server.port());
  first.say("one\n");
  EXPECT_EQ(first.hear(3), "ok\n");
  const Client second(server.port());
  EXPECT_EQ(second.hear(1), "");
  EXPECT_EQ(server.counts().refused, 1U);
}

TEST_F(DeviceServers, wait_for_what_was_read_when_they_are_drained) {
  DeviceServer server = start({}, true, false);
  const Client client(server.port());
  client.say("one\n");
  while (true) {
    const std::lock_guard lock(taken.mutex);
    if (!taken.waiting.empty()) break;
  }
  EXPECT_FALSE(server.drain(1));
  std::move(taken.waiting.front()).answer(true);  // reaches nobody
}

TEST_F(DeviceServers, say_again_when_a_responder_is_dropped) {
  const DeviceServer server = start({}, true, false);
  const Client client(server.port());
  client.say("one\n");
  while (true) {
    const std::lock_guard lock(taken.mutex);
    if (!taken.waiting.empty()) break;
  }
  taken.waiting.clear();
  EXPECT_EQ(client.hear(6), "again\n");
}

}  // namespace
}  // namespace meridian::connect
