#include "terminology/ranges.hpp"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace meridian::terminology {
namespace {

Ranges made(const std::set<std::uint32_t>& numbers) {
  return Ranges::of({numbers.begin(), numbers.end()});
}

TEST(Ranges, agree_with_sets) {
  std::mt19937 random(3);
  for (int round = 0; round < 5'000; ++round) {
    std::set<std::uint32_t> a;
    std::set<std::uint32_t> b;
    for (std::uint32_t n = 0; n < 24; ++n) {
      if (random() % 2 == 0) a.insert(n);
      if (random() % 3 == 0) b.insert(n);
    }
    std::set<std::uint32_t> united = a;
    united.insert(b.begin(), b.end());
    std::set<std::uint32_t> common;
    std::set<std::uint32_t> without;
    for (const std::uint32_t n : a) (b.contains(n) ? common : without).insert(n);
    ASSERT_EQ(made(a).united(made(b)), made(united));
    ASSERT_EQ(made(a).common(made(b)), made(common));
    ASSERT_EQ(made(a).without(made(b)), made(without));
    ASSERT_EQ(made(a).size(), a.size());
    for (std::uint32_t n = 0; n < 26; ++n) ASSERT_EQ(made(a).contains(n), a.contains(n));
  }
}

}  // namespace
}  // namespace meridian::terminology
