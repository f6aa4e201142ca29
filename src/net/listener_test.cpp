// Listener: addresses, Unix sockets and their files, stopping, many connections at once.
#include "net/listener.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>

#include "base/testing/temporary_folder.hpp"
#include "net/connect.hpp"
#include "net/testing/run.hpp"

namespace meridian::net {
namespace {

using testing::run;

class Listening : public ::testing::Test {
 protected:
  /// Whether somebody can connect to the Unix socket.
  bool answers(const std::string& path) {
    const auto attempt = [&]() -> Task<bool> {
      std::string copy = path;
      Result<std::unique_ptr<Stream>> stream =
          co_await connect_unix(loop_, std::move(copy), Deadline::after_milliseconds(10'000));
      co_return stream.has_value();
    };
    return run(loop_, attempt());
  }

  Io io_{{.threads = 1, .tick_milliseconds = 5}};
  Loop& loop_ = io_.at(0);
  meridian::testing::TemporaryFolder place_;
  std::filesystem::path folder_ = place_.path();
  std::string path_ = folder_ / "socket";
};

TEST_F(Listening, lets_the_system_choose_a_port_and_says_which) {
  const Result<Listener> first = Listener::tcp(loop_, "127.0.0.1", 0);
  const Result<Listener> second = Listener::tcp(loop_, "127.0.0.1", 0);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->port(), 0);
  EXPECT_NE(first->port(), second->port());
}

TEST_F(Listening, refuses_a_name_and_a_port_that_is_taken) {
  const Result<Listener> named = Listener::tcp(loop_, "localhost", 0);
  ASSERT_FALSE(named);
  EXPECT_EQ(named.error().code(), ErrorCode::invalid_argument);
  const Result<Listener> first = Listener::tcp(loop_, "127.0.0.1", 0);
  ASSERT_TRUE(first);
  const Result<Listener> second = Listener::tcp(loop_, "127.0.0.1", first->port());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::io_failure);
}

TEST_F(Listening, tells_who_connects) {
  Result<Listener> listener = Listener::tcp(loop_, "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  std::promise<PeerAddress> peer;
  listener->start([&](Accepted accepted) { peer.set_value(accepted.peer); });
  const auto dial = [&]() -> Task<bool> {
    std::vector<Address> addresses{{"127.0.0.1", listener->port()}};
    Result<std::unique_ptr<Stream>> stream =
        co_await connect(loop_, std::move(addresses), Deadline::after_milliseconds(10'000));
    co_return stream.has_value();
  };
  EXPECT_TRUE(run(loop_, dial()));
  const PeerAddress from = peer.get_future().get();
  EXPECT_EQ(from.address, "127.0.0.1");
  EXPECT_NE(from.port, 0);
}

TEST_F(Listening, takes_more_connections_at_once_than_its_queue_is_long) {
  Result<Listener> listener = Listener::tcp(loop_, "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  constexpr int kMany = 1500;  // the queue holds 1024, and one look takes 64
  std::vector<Accepted> held;
  std::promise<void> all;
  listener->start([&](Accepted accepted) {
    held.push_back(std::move(accepted));
    if (held.size() == kMany) all.set_value();
  });
  std::vector<Socket> clients;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(listener->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  for (int i = 0; i < kMany; ++i) {
    clients.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (clients.back().get() < 0) GTEST_SKIP() << "this machine allows too few open files";
    ASSERT_EQ(::connect(clients.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  all.get_future().wait();
  listener->stop();
  EXPECT_EQ(held.size(), static_cast<std::size_t>(kMany));
}

TEST_F(Listening, accepts_nothing_after_it_has_stopped) {
  Result<Listener> listener = Listener::tcp(loop_, "127.0.0.1", 0);
  ASSERT_TRUE(listener);
  const std::uint16_t port = listener->port();
  std::atomic<int> accepted = 0;
  listener->start([&](const Accepted&) { ++accepted; });
  listener->stop();
  listener->stop();  // as often as one likes
  const auto dial = [&]() -> Task<bool> {
    std::vector<Address> addresses{{"127.0.0.1", port}};
    Result<std::unique_ptr<Stream>> stream =
        co_await connect(loop_, std::move(addresses), Deadline::after_milliseconds(10'000));
    co_return stream.has_value();
  };
  EXPECT_FALSE(run(loop_, dial()));
  EXPECT_EQ(accepted, 0);
}

TEST_F(Listening, makes_a_unix_socket_for_its_owner_only_and_takes_it_away_again) {
  {
    Result<Listener> listener = Listener::unix_socket(loop_, path_);
    ASSERT_TRUE(listener) << listener.error().message();
    EXPECT_EQ(listener->port(), 0);
    struct stat state{};
    ASSERT_EQ(::stat(path_.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777, 0600u);
    listener->start([](const Accepted&) {});
    EXPECT_TRUE(answers(path_));
  }
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(Listening, replaces_what_a_dead_process_left_and_nothing_else) {
  {
    // Bound and closed without being removed: what a crash leaves behind.
    const Socket dead(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path_.data(), path_.size());
    ASSERT_EQ(::bind(dead.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }
  Result<Listener> listener = Listener::unix_socket(loop_, path_);
  ASSERT_TRUE(listener) << listener.error().message();
  listener->start([](const Accepted&) {});
  const Result<Listener> second = Listener::unix_socket(loop_, path_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::conflict);
  EXPECT_TRUE(answers(path_)) << "the second has harmed the first";

  const std::string file = folder_ / "file";
  std::FILE* kept = std::fopen(file.c_str(), "w");
  ASSERT_NE(kept, nullptr);
  std::fclose(kept);
  EXPECT_FALSE(Listener::unix_socket(loop_, file));
  EXPECT_TRUE(std::filesystem::exists(file)) << "an ordinary file was removed";
}

TEST_F(Listening, refuses_a_path_that_no_socket_address_holds) {
  const Result<Listener> listener = Listener::unix_socket(loop_, folder_ / std::string(120, 'x'));
  ASSERT_FALSE(listener);
  EXPECT_EQ(listener.error().code(), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace meridian::net
