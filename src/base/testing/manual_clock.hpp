// A clock that stands still until the test moves it. Any thread may read and move it.
#pragma once

#include <atomic>

#include "base/clock.hpp"

namespace meridian::testing {

class ManualClock final : public Clock {
 public:
  /// 2024-02-29T12:00:00Z unless told.
  explicit ManualClock(Instant start = Instant::from_seconds(1'709'208'000)) : now_(start.microseconds()) {}

  Instant now() const override { return Instant::from_microseconds(now_.load()); }
  Duration steady() const override { return Duration::microseconds(steady_.load()); }

  /// Both clocks go on.
  void advance(Duration by) {
    now_ += by.microseconds();
    steady_ += by.microseconds();
  }
  /// The wall clock jumps, perhaps back, as it does when somebody sets it; the steady one does not.
  void set(Instant now) { now_ = now.microseconds(); }

 private:
  std::atomic<std::int64_t> now_;
  std::atomic<std::int64_t> steady_ = 0;
};

}  // namespace meridian::testing
