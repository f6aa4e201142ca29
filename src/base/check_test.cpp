#include "base/check.hpp"

#include <gtest/gtest.h>

namespace meridian {
namespace {

TEST(Check, lets_a_true_condition_pass) {
  CHECK(1 + 1 == 2);
}

TEST(CheckDeathTest, stops_and_says_where) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(CHECK(1 + 1 == 3), "\"1 \\+ 1 == 3\" does not hold at .*check_test.cpp");
}

TEST(ReportBug, counts_and_goes_on) {
  const BugTolerance tolerance;
  const std::uint64_t before = reported_bugs();
  REPORT_BUG("a test of the report");
  EXPECT_EQ(reported_bugs(), before + 1);
}

#ifndef NDEBUG
TEST(ReportBugDeathTest, fails_a_test_that_did_not_expect_it) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_DEATH(REPORT_BUG("the cache holds no root"), "the cache holds no root");
}
#endif

}  // namespace
}  // namespace meridian
