#include "ingest/internal/key_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/random.hpp"

namespace meridian::ingest::internal {
namespace {

using Items = std::vector<std::uint64_t>;

TEST(KeyOrder, lets_items_of_different_keys_run_together) {
  KeyOrder order;
  EXPECT_TRUE(order.add(1, {10}));
  EXPECT_TRUE(order.add(2, {20}));
  EXPECT_TRUE(order.add(3, {}));
}

TEST(KeyOrder, lets_items_of_one_key_run_one_after_another) {
  KeyOrder order;
  EXPECT_TRUE(order.add(1, {10}));
  EXPECT_FALSE(order.add(2, {10}));
  EXPECT_FALSE(order.add(3, {10}));
  EXPECT_EQ(order.remove(1), Items{2});
  EXPECT_EQ(order.remove(2), Items{3});
  EXPECT_TRUE(order.remove(3).empty());
  EXPECT_TRUE(order.empty());
}

TEST(KeyOrder, makes_a_merge_wait_for_both_patients_and_both_for_it) {
  KeyOrder order;
  EXPECT_TRUE(order.add(1, {10}));
  EXPECT_TRUE(order.add(2, {20}));
  EXPECT_FALSE(order.add(3, {10, 20}));
  EXPECT_FALSE(order.add(4, {20}));
  EXPECT_TRUE(order.remove(1).empty());
  EXPECT_EQ(order.remove(2), Items{3});
  EXPECT_EQ(order.remove(3), Items{4});
}

TEST(KeyOrder, forgets_an_item_that_was_still_waiting) {
  KeyOrder order;
  order.add(1, {10});
  order.add(2, {10});
  order.add(3, {10});
  EXPECT_TRUE(order.remove(2).empty());
  EXPECT_EQ(order.remove(1), Items{3});
}

TEST(KeyOrder, runs_everything_once_and_never_two_of_a_key_in_any_order_of_ends) {
  SeededRandom random(5);
  KeyOrder order;
  std::map<std::uint64_t, Items> keys_of;
  std::set<std::uint64_t> running;
  std::map<std::uint64_t, std::uint64_t> last_of_key;
  std::uint64_t ended = 0;
  const auto begin = [&](std::uint64_t item) {
    running.insert(item);
    for (const std::uint64_t key : keys_of[item]) {
      EXPECT_GT(item, last_of_key[key]) << "in the order in which they were added";
      last_of_key[key] = item;
      for (const std::uint64_t other : running) {
        if (other == item) continue;
        EXPECT_EQ(std::ranges::count(keys_of[other], key), 0);
      }
    }
  };
  for (std::uint64_t item = 1; item <= 3000; ++item) {
    Items keys;
    for (std::uint64_t i = random.below(3); i > 0; --i) {
      const std::uint64_t key = random.below(8);
      if (std::ranges::count(keys, key) == 0) keys.push_back(key);
    }
    keys_of[item] = keys;
    if (order.add(item, keys)) begin(item);
    while (!running.empty() && (random.below(2) == 0 || item == 3000)) {
      const std::uint64_t ending = *std::next(running.begin(), static_cast<long>(random.below(running.size())));
      running.erase(ending);
      ++ended;
      for (const std::uint64_t ready : order.remove(ending)) begin(ready);
    }
  }
  EXPECT_EQ(ended, 3000U);
  EXPECT_TRUE(order.empty());
}

}  // namespace
}  // namespace meridian::ingest::internal
