#include "base/callback.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>

namespace meridian {
namespace {

TEST(Callback, calls_what_it_holds_small_or_large) {
  const int one = 1;
  Callback<int(int)> small = [one](int x) { return x + one; };
  std::array<int, 100> many{};
  many[99] = 7;
  Callback<int(int)> large = [many](int x) { return x + many[99]; };
  EXPECT_EQ(small(1), 2);
  EXPECT_EQ(large(1), 8);
}

TEST(Callback, owns_what_can_only_be_moved_and_lets_it_go) {
  auto shared = std::make_shared<int>(5);
  Callback<int()> first = [held = std::make_unique<std::shared_ptr<int>>(shared)] { return **held; };
  EXPECT_EQ(shared.use_count(), 2);
  Callback<int()> second = std::move(first);
  EXPECT_FALSE(static_cast<bool>(first));  // NOLINT(bugprone-use-after-move): being empty is what it promises
  EXPECT_EQ(second(), 5);
  second.reset();
  EXPECT_EQ(shared.use_count(), 1);
  EXPECT_FALSE(static_cast<bool>(second));
}

TEST(Callback, lets_go_of_the_old_when_given_the_new) {
  auto shared = std::make_shared<int>(5);
  Callback<void()> callback = [shared] {};
  callback = [] {};
  EXPECT_EQ(shared.use_count(), 1);
}

}  // namespace
}  // namespace meridian
