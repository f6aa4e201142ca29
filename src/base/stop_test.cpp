#include "base/stop.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "base/clock.hpp"
#include "base/testing/manual_clock.hpp"

namespace meridian {
namespace {

TEST(StopToken, stops_when_its_source_says_so_and_outlives_it) {
  StopToken token;
  EXPECT_FALSE(token.stop_requested());
  {
    StopSource source;
    token = source.token();
    EXPECT_FALSE(token.stop_requested());
    source.request_stop();
  }
  EXPECT_TRUE(token.stop_requested());
}

TEST(StopToken, is_seen_by_another_thread) {
  StopSource source;
  std::thread waiting([token = source.token()] {
    while (!token.stop_requested()) std::this_thread::yield();
  });
  source.request_stop();
  waiting.join();
}

TEST(Deadline, never_passes_by_default) {
  EXPECT_FALSE(Deadline().is_set());
  EXPECT_FALSE(Deadline().has_passed());
  EXPECT_EQ(Deadline().milliseconds_left(), INT64_MAX);
}

TEST(Deadline, passes_when_its_time_has_come) {
  testing::ManualClock clock;
  const Deadline deadline = Deadline::after(Duration::seconds(5), clock);
  clock.advance(Duration::milliseconds(4999));
  EXPECT_FALSE(deadline.has_passed(clock));
  clock.advance(Duration::milliseconds(1));
  EXPECT_TRUE(deadline.has_passed(clock));
}

TEST(Deadline, says_how_much_is_left) {
  EXPECT_TRUE(Deadline::after(Duration::seconds(-1)).has_passed());
  EXPECT_EQ(Deadline::after(Duration::seconds(-1)).milliseconds_left(), 0);
  EXPECT_GT(Deadline::after(Duration::hours(1)).milliseconds_left(), 1000);
}

TEST(Deadline, is_never_late_when_it_is_rough) {
  for (const std::int64_t milliseconds : {std::int64_t{0}, std::int64_t{50}, std::int64_t{3'600'000}}) {
    const Deadline rough = Deadline::roughly_after_milliseconds(milliseconds);
    const Deadline exact = Deadline::after_milliseconds(milliseconds);
    EXPECT_LE(rough.nanoseconds(), exact.nanoseconds());
  }
  EXPECT_TRUE(Deadline::roughly_after_milliseconds(-1).has_passed());
}

TEST(Deadline, does_not_overflow) {
  EXPECT_FALSE(Deadline::after(Duration::microseconds(INT64_MAX)).has_passed());
  EXPECT_TRUE(Deadline::after(Duration::microseconds(INT64_MIN)).has_passed());
}

TEST(KeepGoing, ends_a_loop_for_either_reason) {
  EXPECT_TRUE(keep_going(Deadline(), StopToken()).has_value());
  EXPECT_EQ(keep_going(Deadline::after(Duration()), StopToken()).error().code(), ErrorCode::timeout);
  StopSource source;
  source.request_stop();
  EXPECT_EQ(keep_going(Deadline(), source.token()).error().code(), ErrorCode::cancelled);
}

TEST(SystemClock, goes_forward) {
  const Duration before = system_clock().steady();
  EXPECT_GE(system_clock().steady(), before);
  EXPECT_GT(system_clock().now(), Instant::parse("2020-01-01T00:00:00Z").value());
}

}  // namespace
}  // namespace meridian
