// Resolving and connecting: answers, refusals, time limits.
#include "net/connect.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/testing/run.hpp"

namespace meridian::net {
namespace {

using testing::run;

constexpr std::int64_t kPatience = 20'000;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

/// A bound socket; whether it listens is the test's to say.
struct Bound {
  Socket socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port = 0;
  Bound() {
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
};

class Connecting : public ::testing::Test {
 protected:
  /// The peer's address, or the error.
  Result<PeerAddress> dial(const std::vector<Address>& addresses, std::int64_t milliseconds = kPatience) {
    const auto attempt = [&]() -> Task<Result<PeerAddress>> {
      std::vector<Address> copy = addresses;
      Result<std::unique_ptr<Stream>> stream =
          co_await connect(loop_, std::move(copy), Deadline::after_milliseconds(milliseconds));
      if (!stream) co_return fail(stream.error());
      PeerAddress peer = (*stream)->peer();
      co_return std::move(peer);
    };
    return run(loop_, attempt());
  }

  Io io_{{.threads = 1, .tick_milliseconds = 5}};
  Loop& loop_ = io_.at(0);
};

TEST_F(Connecting, reaches_one_who_listens) {
  const Bound bound;
  ASSERT_EQ(::listen(bound.socket.get(), 8), 0);
  const Result<PeerAddress> peer = dial({{"127.0.0.1", bound.port}});
  ASSERT_TRUE(peer) << peer.error().message();
  EXPECT_EQ(peer->address, "127.0.0.1");
  EXPECT_EQ(peer->port, bound.port);
}

TEST_F(Connecting, says_that_nobody_listens) {
  const Bound silent;  // bound, so that nobody else takes the port, but not listening
  const Result<PeerAddress> peer = dial({{"127.0.0.1", silent.port}});
  ASSERT_FALSE(peer);
  EXPECT_EQ(peer.error().code(), ErrorCode::io_failure);
}

TEST_F(Connecting, goes_on_to_the_next_address) {
  const Bound silent;
  const Bound bound;
  ASSERT_EQ(::listen(bound.socket.get(), 8), 0);
  const Result<PeerAddress> peer = dial({{"no address", 1}, {"127.0.0.1", silent.port}, {"127.0.0.1", bound.port}});
  ASSERT_TRUE(peer) << peer.error().message();
  EXPECT_EQ(peer->port, bound.port);
  const Result<PeerAddress> none = dial({});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code(), ErrorCode::not_found);
}

TEST_F(Connecting, gives_up_when_its_time_is_over) {
  // One whose queue is full drops what comes further: the connect neither succeeds nor fails.
  const Bound full;
  ASSERT_EQ(::listen(full.socket.get(), 0), 0);
  const sockaddr_in address = loopback(full.port);
  std::vector<Socket> fill;
  for (int i = 0; i < 8; ++i) {
    fill.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    static_cast<void>(::connect(fill.back().get(), reinterpret_cast<const sockaddr*>(&address), sizeof address));
  }
  const Result<PeerAddress> peer = dial({{"127.0.0.1", full.port}, {"127.0.0.1", full.port}}, 30);
  ASSERT_FALSE(peer);
  EXPECT_EQ(peer.error().code(), ErrorCode::timeout);
}

TEST_F(Connecting, resolves_an_address_to_itself) {
  const auto attempt = [&](std::string host) -> Task<Result<std::vector<Address>>> {
    co_return co_await resolve(loop_, std::move(host), 80, Deadline::after_milliseconds(kPatience));
  };
  const Result<std::vector<Address>> v4 = run(loop_, attempt("192.0.2.7"));
  ASSERT_TRUE(v4) << v4.error().message();
  ASSERT_EQ(v4->size(), 1u);
  EXPECT_EQ(v4->front().text, "192.0.2.7");
  EXPECT_EQ(v4->front().port, 80);
  const Result<std::vector<Address>> v6 = run(loop_, attempt("2001:db8::1"));
  ASSERT_TRUE(v6) << v6.error().message();
  EXPECT_EQ(v6->front().text, "2001:db8::1");
}

TEST_F(Connecting, tells_unix_sockets_that_nobody_serves) {
  const auto attempt = [&](std::string path) -> Task<ErrorCode> {
    Result<std::unique_ptr<Stream>> stream =
        co_await connect_unix(loop_, std::move(path), Deadline::after_milliseconds(kPatience));
    co_return stream ? ErrorCode::internal : stream.error().code();
  };
  EXPECT_EQ(run(loop_, attempt(::testing::TempDir() + "meridian-no-such-socket")), ErrorCode::io_failure);
  EXPECT_EQ(run(loop_, attempt(std::string(200, 'x'))), ErrorCode::invalid_argument);
}

}  // namespace
}  // namespace meridian::net
