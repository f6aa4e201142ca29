// Io, Loop and Expiring: work that is posted, turns, and deadlines.
#include "net/io.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <set>
#include <thread>

#include "net/recycle.hpp"
#include "net/testing/run.hpp"

namespace meridian::net {
namespace {

using testing::on;
using testing::run;

TEST(Io, gives_its_loops_in_turn_each_with_a_thread_of_its_own) {
  Io io({.threads = 3});
  std::set<std::thread::id> threads;
  for (int i = 0; i < 6; ++i) {
    on(io.next(), [&] { threads.insert(std::this_thread::get_id()); });
  }
  EXPECT_EQ(threads.size(), 3u);
  EXPECT_EQ(threads.count(std::this_thread::get_id()), 0u);
}

TEST(Loop, runs_what_is_posted_in_order_and_knows_its_thread) {
  Io io;
  Loop& loop = io.at(0);
  std::vector<int> order;
  for (int i = 0; i < 100; ++i) loop.post([&order, i] { order.push_back(i); });
  bool current = false;
  on(loop, [&] { current = loop.is_current(); });
  EXPECT_TRUE(current);
  EXPECT_FALSE(loop.is_current());
  ASSERT_EQ(order.size(), 100u);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Loop, lets_a_coroutine_come_over_and_wait_for_its_turn) {
  Io io({.threads = 2});
  Loop& there = io.at(1);
  std::vector<std::string> order;
  const auto walk = [&]() -> Task<bool> {
    co_await there.here();
    there.post([&] { order.emplace_back("what was ready"); });
    co_await there.turn();
    order.emplace_back("the coroutine");
    co_return there.is_current();
  };
  EXPECT_TRUE(run(io.at(0), walk()));
  EXPECT_EQ(order, (std::vector<std::string>{"what was ready", "the coroutine"}));
}

TEST(Loop, gives_those_who_wait_for_a_turn_theirs_together_and_in_order) {
  Io io({.threads = 1});
  Loop& loop = io.at(0);
  std::vector<std::string> order;
  std::promise<void> done;
  const auto walk = [&](std::string name) -> Task<void> {
    for (int round = 1; round <= 3; ++round) {
      order.push_back(name + std::to_string(round));
      co_await loop.turn();
    }
    if (name == "b") done.set_value();
  };
  loop.post([&] {
    start(walk("a"));
    start(walk("b"));
  });
  done.get_future().wait();
  EXPECT_EQ(order, (std::vector<std::string>{"a1", "b1", "a2", "b2", "a3", "b3"}));
}

/// Counts how often it is told, and may set itself again.
class Alarm final : public Expiring {
 public:
  Alarm(Loop& loop, std::int64_t milliseconds, int times, std::promise<void>* done = nullptr)
      : milliseconds_(milliseconds), left_(times), done_(done) {
    set_expiry(Deadline::after_milliseconds(milliseconds));
    watch(loop);
  }
  int told = 0;

 private:
  void expired() override {
    ++told;
    if (--left_ > 0) {
      set_expiry(Deadline::after_milliseconds(milliseconds_));
    } else if (done_ != nullptr) {
      done_->set_value();
    }
  }
  std::int64_t milliseconds_;
  int left_;
  std::promise<void>* done_;
};

TEST(Expiring, is_told_once_for_each_deadline) {
  Io io({.threads = 1, .tick_milliseconds = 1});
  Loop& loop = io.at(0);
  std::promise<void> done;
  std::unique_ptr<Alarm> alarm;
  on(loop, [&] { alarm = std::make_unique<Alarm>(loop, 1, 3, &done); });
  done.get_future().wait();
  on(loop, [&] {
    EXPECT_EQ(alarm->told, 3);
    alarm.reset();
  });
}

TEST(Expiring, is_not_told_after_its_end_nor_before_its_time) {
  Io io({.threads = 1, .tick_milliseconds = 1});
  Loop& loop = io.at(0);
  std::promise<void> later;
  std::vector<std::unique_ptr<Alarm>> alarms;
  on(loop, [&] {
    for (int i = 0; i < 1000; ++i) alarms.push_back(std::make_unique<Alarm>(loop, 3'600'000, 1));
    // Those that go must leave the list whole, the first, the last and any between.
    for (std::size_t i = 0; i < alarms.size(); i += 3) alarms[i].reset();
    alarms.back().reset();
    alarms.push_back(std::make_unique<Alarm>(loop, 2, 1, &later));
  });
  later.get_future().wait();
  on(loop, [&] {
    for (const auto& alarm : alarms) {
      if (alarm && alarm != alarms.back()) {
        EXPECT_EQ(alarm->told, 0);
      }
    }
    EXPECT_EQ(alarms.back()->told, 1);
    alarms.clear();
  });
}

/// Takes its neighbour with it when it is told: a sweep must not stumble over the one that has gone.
class Jealous final : public Expiring {
 public:
  Jealous(Loop& loop, std::unique_ptr<Jealous>& other, std::promise<void>& done) : other_(other), done_(done) {
    set_expiry(Deadline::after_milliseconds(1));
    watch(loop);
  }

 private:
  void expired() override {
    other_.reset();
    done_.set_value();
  }
  std::unique_ptr<Jealous>& other_;
  std::promise<void>& done_;
};

TEST(Expiring, may_destroy_another_while_it_is_told) {
  Io io({.threads = 1, .tick_milliseconds = 1});
  Loop& loop = io.at(0);
  std::promise<void> done;
  std::unique_ptr<Jealous> first;
  std::unique_ptr<Jealous> second;
  on(loop, [&] {
    first = std::make_unique<Jealous>(loop, second, done);
    second = std::make_unique<Jealous>(loop, first, done);
  });
  done.get_future().wait();  // told twice, the promise would throw and end the program
  on(loop, [&] {
    EXPECT_NE(first == nullptr, second == nullptr);
    first.reset();
    second.reset();
  });
}

TEST(Blocks, are_as_large_as_asked_for_whatever_their_size_and_thread) {
  std::vector<std::pair<void*, std::size_t>> taken;
  for (std::size_t size = 1; size <= 10'000; size = size * 3 / 2 + 1) {
    for (int i = 0; i < 80; ++i) {
      void* block = take_block(size);
      std::memset(block, i, size);
      taken.emplace_back(block, size);
    }
  }
  std::thread other([&] {
    for (const auto& [block, size] : taken) give_block(block, size);
  });
  other.join();
  void* const again = take_block(4096);
  std::memset(again, 1, 4096);
  give_block(again, 4096);
}

}  // namespace
}  // namespace meridian::net
