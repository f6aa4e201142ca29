#include "net/connections.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace meridian::net {
namespace {

TEST(Connections, are_counted_in_all_and_by_address) {
  ConnectionCount count;
  EXPECT_TRUE(count.admit("192.0.2.1", 3, 2));
  EXPECT_TRUE(count.admit("192.0.2.1", 3, 2));
  EXPECT_FALSE(count.admit("192.0.2.1", 3, 2)) << "one too many from there";
  EXPECT_TRUE(count.admit("192.0.2.2", 3, 2));
  EXPECT_FALSE(count.admit("192.0.2.3", 3, 2)) << "one too many in all";
  count.leave("192.0.2.1");
  EXPECT_TRUE(count.admit("192.0.2.1", 3, 2));
  EXPECT_EQ(count.open(), 3U);
}

TEST(Connections, of_a_unix_socket_are_counted_in_all_alone) {
  ConnectionCount count;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(count.admit("unix", 3, 1));
  EXPECT_FALSE(count.admit("unix", 3, 1));
  EXPECT_FALSE(count.wait_until_empty(0));
  for (int i = 0; i < 3; ++i) count.leave("unix");
  EXPECT_TRUE(count.wait_until_empty(0));
}

TEST(Connections, are_visited_on_their_loops_and_may_go_meanwhile) {
  struct Peer {
    int visits = 0;
  };
  Io io({.threads = 2, .tick_milliseconds = 5});
  const auto all = std::make_shared<Connections<Peer>>();
  all->live_on(io);
  std::vector<Peer> peers(4);
  std::atomic<int> left = 4;
  for (std::size_t i = 0; i < peers.size(); ++i) {
    Loop& loop = io.at(i % 2);
    loop.post([&, i] { all->insert(io.at(i % 2), &peers[i]); });
  }
  Connections<Peer>::for_each(all, [&](Peer& peer) {
    // The first of a loop takes both away.
    const auto loop = static_cast<std::size_t>(&peer - peers.data()) % 2;
    for (std::size_t i = loop; i < peers.size(); i += 2) all->erase(io.at(loop), &peers[i]);
    ++peer.visits;
    left -= 2;
  });
  while (left > 0) std::this_thread::yield();
  int visits = 0;
  for (const Peer& peer : peers) visits += peer.visits;
  EXPECT_EQ(visits, 2);
}

}  // namespace
}  // namespace meridian::net
