#include "ingest/internal/recent.hpp"

#include <gtest/gtest.h>

namespace meridian::ingest::internal {
namespace {

Instant at(std::int64_t second) {
  return Instant::from_microseconds((1'700'000'000 + second) * 1'000'000);
}

TEST(Recent, knows_nothing_before_something_ended) {
  const Recent recent;
  EXPECT_EQ(recent.rate(at(0)), 0);
  EXPECT_EQ(recent.lag(at(0), 0.99), Duration());
}

TEST(Recent, counts_a_minute_and_no_more) {
  Recent recent;
  for (int second = 0; second < 120; ++second) {
    for (int i = 0; i < 10; ++i) recent.add(at(second), Duration::milliseconds(5));
  }
  EXPECT_DOUBLE_EQ(recent.rate(at(119)), 10);
  EXPECT_DOUBLE_EQ(recent.rate(at(149)), 5);
  EXPECT_DOUBLE_EQ(recent.rate(at(200)), 0);
}

TEST(Recent, says_the_rate_since_the_first_one) {
  Recent recent;
  for (int i = 0; i < 30; ++i) recent.add(at(i % 3), Duration());
  EXPECT_DOUBLE_EQ(recent.rate(at(2)), 10);
}

TEST(Recent, says_what_most_stayed_below) {
  Recent recent;
  for (int i = 0; i < 99; ++i) recent.add(at(1), Duration::milliseconds(3));
  recent.add(at(1), Duration::milliseconds(900));
  EXPECT_EQ(recent.lag(at(1), 0.5), Duration::milliseconds(4));
  EXPECT_EQ(recent.lag(at(1), 0.99), Duration::milliseconds(4));
  EXPECT_EQ(recent.lag(at(1), 1), Duration::milliseconds(1024));
  recent.add(at(2), Duration::days(400));
  EXPECT_GT(recent.lag(at(2), 1), Duration::days(20));
}

}  // namespace
}  // namespace meridian::ingest::internal
