// A crowd: 10,000 connections that are idle and 500 that are busy, on one server.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using testing::RawClient;
using testing::TestServer;

constexpr std::size_t kIdle = 10'000;
constexpr std::size_t kWarm = 1'000;
constexpr std::size_t kBusy = 500;
const std::string kRequest = "GET /item HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n";

bool may_open_enough_files() {
  constexpr rlim_t kNeeded = kIdle + kBusy + 200;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max < kNeeded) return false;
  limit.rlim_cur = std::max(limit.rlim_cur, kNeeded);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

std::size_t resident_bytes() {
  std::size_t all = 0;
  std::size_t resident = 0;
  std::ifstream("/proc/self/statm") >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

/// A pipe that carries single letters from one process to the other.
class Letters {
 public:
  Letters() { EXPECT_EQ(::pipe(ends_.data()), 0); }
  ~Letters() {
    ::close(ends_[0]);
    ::close(ends_[1]);
  }
  Letters(const Letters&) = delete;
  Letters& operator=(const Letters&) = delete;
  void say(char letter) const { (void)!::write(ends_[1], &letter, 1); }
  char hear() const {
    char letter = 0;
    return ::read(ends_[0], &letter, 1) == 1 ? letter : '\0';
  }
  int out() const { return ends_[0]; }
  int in() const { return ends_[1]; }

 private:
  std::array<int, 2> ends_{};
};

bool ask(RawClient& client) {
  return client.send(kRequest) && client.response().status == 200;
}

/// The clients, in a process of their own, so that one process need not hold both ends. Says 'i' when the idle ones are
/// there, and goes on at a letter; '!' for whatever goes wrong.
char be_the_crowd(std::uint16_t port, const Letters& to_us, const Letters& to_test) {
  std::vector<std::unique_ptr<RawClient>> idle;
  for (std::size_t i = 0; i < kIdle; ++i) {
    // Each is asked for once, so that none is idle only because it is new; the first warm the heap up.
    idle.push_back(std::make_unique<RawClient>(port));
    if (!ask(*idle.back())) return '!';
    if (i + 1 != kWarm && i + 1 != kIdle) continue;
    to_test.say('i');
    to_us.hear();
  }
  std::vector<std::unique_ptr<RawClient>> busy;
  busy.reserve(kBusy);
  for (std::size_t i = 0; i < kBusy; ++i) busy.push_back(std::make_unique<RawClient>(port));
  for (int round = 0; round < 4; ++round) {
    for (const auto& client : busy) {
      if (!client->send(kRequest)) return '!';
    }
    for (const auto& client : busy) {
      if (client->response().body.size() != 1024) return '!';
    }
  }
  to_test.say('b');
  to_us.hear();
  for (std::size_t i = 0; i < kIdle; i += 100) {
    if (!ask(*idle[i])) return '!';
  }
  return 'e';
}

TEST(Crowd, of_idle_connections_costs_little_and_does_not_keep_the_busy_ones_waiting) {
  if (!may_open_enough_files()) GTEST_SKIP() << "this machine allows too few open files";
  const Letters to_clients;
  const Letters to_test;
  const pid_t clients = ::fork();
  ASSERT_GE(clients, 0);
  if (clients == 0) {
    std::uint16_t port = 0;
    if (::read(to_clients.out(), &port, sizeof port) == sizeof port)
      to_test.say(be_the_crowd(port, to_clients, to_test));
    ::_exit(0);
  }
  Router router;
  router.add(Method::get, "/item", [](const Request&) { return Response::json(std::string(1024, '1')); })
      .run(Run::inline_);
  ServerOptions options;
  options.limits.connections = kIdle + kBusy;
  options.limits.connections_per_address = kIdle + kBusy;
  TestServer server(std::move(router), options);
  const std::uint16_t port = server.port();
  ASSERT_EQ(::write(to_clients.in(), &port, sizeof port), static_cast<ssize_t>(sizeof port));

  EXPECT_EQ(to_test.hear(), 'i');
  const std::size_t before = resident_bytes();
  to_clients.say('g');
  EXPECT_EQ(to_test.hear(), 'i');
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  const std::size_t each = (resident_bytes() - before) / (kIdle - kWarm);
  RecordProperty("bytes_for_each_idle_connection", std::to_string(each));
  EXPECT_LT(each, 5120u) << "3.5 KB when it was measured; the heap rounds up";
#else
  EXPECT_GT(before, 0u);
#endif
  to_clients.say('g');
  EXPECT_EQ(to_test.hear(), 'b') << "a busy connection was not answered";
  EXPECT_EQ(server.server().counts().connections_open, kIdle + kBusy);
  to_clients.say('g');
  EXPECT_EQ(to_test.hear(), 'e') << "an idle connection was lost";
  ::waitpid(clients, nullptr, 0);
}

}  // namespace
}  // namespace meridian::http
