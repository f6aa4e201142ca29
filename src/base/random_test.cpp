#include "base/random.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace meridian {
namespace {

TEST(SeededRandom, repeats_itself_for_the_same_seed) {
  SeededRandom first(7);
  SeededRandom second(7);
  SeededRandom third(8);
  const std::uint64_t value = first.next();
  EXPECT_EQ(second.next(), value);
  EXPECT_NE(third.next(), value);
}

TEST(SeededRandom, reaches_every_number_below_a_bound_and_none_above) {
  SeededRandom random(1);
  std::vector<int> seen(7);
  for (int i = 0; i < 7000; ++i) ++seen.at(random.below(7));
  for (const int count : seen) EXPECT_GT(count, 850);
  EXPECT_EQ(random.below(1), 0u);
}

TEST(SystemRandom, fills_any_number_of_bytes) {
  std::vector<std::byte> bytes(1000);
  system_random().fill(bytes);
  std::size_t zeros = 0;
  for (const std::byte byte : bytes) zeros += byte == std::byte{0} ? 1 : 0;
  EXPECT_LT(zeros, 40u);
  system_random().fill({});
  EXPECT_NE(system_random().next(), system_random().next());
}

}  // namespace
}  // namespace meridian
