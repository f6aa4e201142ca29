#include "app/progress.hpp"

#include <gtest/gtest.h>

namespace meridian::app {
namespace {

TEST(Progress, says_how_much_how_fast_and_how_long_still) {
  EXPECT_EQ(Progress::line("validating", 1'200'000'000, 2'400'000'000, 130'000, 10),
            "validating  50 %  1.2 GB of 2.4 GB  120 MB/s  13,000 items/s  10 s left");
}

TEST(Progress, does_without_a_total_for_standard_input) {
  EXPECT_EQ(Progress::line("validating", 5'000, 0, 10, 2), "validating  5.0 kB  2.5 kB/s  5 items/s  2 s");
}

TEST(Progress, lives_through_a_step_that_tells_nothing) {
  EXPECT_EQ(Progress::line("validating", 0, 2'400, 0, 4), "validating  4 s");
}

TEST(HumanNumbers, are_short) {
  EXPECT_EQ(human_bytes(999), "999 bytes");
  EXPECT_EQ(human_bytes(1'000'000), "1.0 MB");
  EXPECT_EQ(human_bytes(17'400'000), "17 MB");
  EXPECT_EQ(human_count(7), "7");
  EXPECT_EQ(human_count(1234567), "1,234,567");
}

}  // namespace
}  // namespace meridian::app
