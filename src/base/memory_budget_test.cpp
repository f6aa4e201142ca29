#include "base/memory_budget.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace meridian {
namespace {

TEST(MemoryBudget, adds_up_what_its_accounts_hold) {
  MemoryBudget budget(1000);
  const MemoryAccount bodies = budget.account("bodies");
  const MemoryAccount cache = budget.account("cache");
  const MemoryReservation first = bodies.reserve(300).value();
  {
    const MemoryReservation second = cache.reserve(500).value();
    EXPECT_EQ(budget.used(), 800u);
  }
  EXPECT_EQ(budget.used(), 300u);
  const std::vector<MemoryBudget::Row> table = budget.table();
  ASSERT_EQ(table.size(), 2u);
  EXPECT_EQ(table[0].name, "bodies");
  EXPECT_EQ(table[0].bytes, 300u);
  EXPECT_EQ(table[1].bytes, 0u);
  EXPECT_EQ(table[1].peak, 500u);
}

TEST(MemoryBudget, refuses_what_would_pass_its_limit_and_says_which) {
  MemoryBudget budget(1000);
  const MemoryAccount bodies = budget.account("bodies");
  const MemoryReservation most = bodies.reserve(999).value();
  const Result<MemoryReservation> more = bodies.reserve(2);
  EXPECT_EQ(more.error().code(), ErrorCode::busy);
  EXPECT_EQ(more.error().message(), "bodies needs 2 bytes more, but 999 of the memory limit of 1000 are in use");
  EXPECT_FALSE(bodies.reserve(UINT64_MAX));
  EXPECT_EQ(budget.used(), 999u);
  EXPECT_TRUE(bodies.reserve(1).has_value());
}

TEST(MemoryBudget, knows_an_account_by_its_name) {
  MemoryBudget budget(1000);
  const MemoryReservation held = budget.account("a").reserve(10).value();
  EXPECT_EQ(budget.account("a").bytes(), 10u);
  EXPECT_EQ(budget.table().size(), 1u);
}

TEST(MemoryReservation, grows_shrinks_and_moves) {
  MemoryBudget budget(100);
  MemoryReservation held = budget.account("a").reserve(10).value();
  EXPECT_TRUE(held.resize(60));
  EXPECT_FALSE(held.resize(101));
  EXPECT_EQ(held.bytes(), 60u);
  MemoryReservation other = std::move(held);
  EXPECT_TRUE(other.resize(5));
  EXPECT_EQ(budget.used(), 5u);
  other.release();
  other.release();
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_FALSE(other.resize(1));
}

TEST(MemoryBudget, never_passes_its_limit_under_threads) {
  MemoryBudget budget(100);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&budget] {
      const MemoryAccount account = budget.account("shared");
      for (int i = 0; i < 10'000; ++i) {
        const Result<MemoryReservation> held = account.reserve(40);
        EXPECT_LE(budget.used(), 100u);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(budget.used(), 0u);
  EXPECT_LE(budget.table()[0].peak, 100u);
}

TEST(ResidentBytes, are_what_a_process_of_tests_may_hold) {
  EXPECT_GT(resident_bytes(), std::uint64_t{1} << 20);
}

}  // namespace
}  // namespace meridian
