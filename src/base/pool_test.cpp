#include "base/pool.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>
#include <vector>

namespace meridian {
namespace {

TEST(Pool, makes_one_where_none_is_idle_and_keeps_what_is_given) {
  Pool<int> pool(2);
  int made = 0;
  const auto make = [&] { return std::make_unique<int>(++made); };
  std::unique_ptr<int> first = pool.take_or(make);
  EXPECT_EQ(*first, 1);
  pool.give(std::move(first));
  EXPECT_EQ(pool.idle(), 1U);
  EXPECT_EQ(*pool.take_or(make), 1);
  EXPECT_EQ(pool.idle(), 0U);
  EXPECT_EQ(*pool.take_or(make), 2);
}

TEST(Pool, takes_the_one_given_last_and_only_as_wanted) {
  Pool<int> pool(4);
  pool.give(std::make_unique<int>(1));
  pool.give(std::make_unique<int>(2));
  EXPECT_EQ(pool.take_if([](const int& one) { return one == 1; }), nullptr);
  EXPECT_EQ(*pool.take_if([](const int& one) { return one == 2; }), 2);
  EXPECT_EQ(*pool.take_if([](const int& one) { return one == 1; }), 1);
  EXPECT_EQ(pool.take_if([](const int&) { return true; }), nullptr);
}

TEST(Pool, keeps_no_more_than_it_may) {
  Pool<int> pool(1);
  pool.give(std::make_unique<int>(1));
  pool.give(std::make_unique<int>(2));
  pool.give(nullptr);
  EXPECT_EQ(pool.idle(), 1U);
  EXPECT_EQ(*pool.take_or([] { return std::make_unique<int>(3); }), 1);
}

TEST(Pool, gives_each_to_one_at_a_time) {
  Pool<int> pool(8);
  std::mutex mutex;
  std::set<int*> in_use;
  bool shared = false;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        std::unique_ptr<int> one = pool.take_or([] { return std::make_unique<int>(0); });
        {
          const std::lock_guard lock(mutex);
          shared = shared || !in_use.insert(one.get()).second;
        }
        ++*one;
        {
          const std::lock_guard lock(mutex);
          in_use.erase(one.get());
        }
        pool.give(std::move(one));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_FALSE(shared);
  EXPECT_LE(pool.idle(), 4U);
}

}  // namespace
}  // namespace meridian
