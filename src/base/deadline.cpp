#include "base/deadline.hpp"

#include <algorithm>
#include <ctime>

#include "base/clock.hpp"

namespace meridian {
namespace {

/// now + from_now in nanoseconds, and never when that does not fit.
std::int64_t later(std::int64_t now, Duration from_now) {
  std::int64_t nanoseconds = 0;
  std::int64_t sum = 0;
  if (__builtin_mul_overflow(from_now.microseconds(), std::int64_t{1000}, &nanoseconds) ||
      __builtin_add_overflow(now, nanoseconds, &sum)) {
    return from_now < Duration() ? INT64_MIN : INT64_MAX;
  }
  return sum;
}

}  // namespace

std::int64_t steady_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::int64_t coarse_nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC_COARSE, &time);
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Deadline Deadline::roughly_after_milliseconds(std::int64_t milliseconds) {
  return Deadline(later(coarse_nanoseconds(), Duration::milliseconds(milliseconds)));
}

Deadline Deadline::after(Duration from_now) {
  return Deadline(later(steady_nanoseconds(), from_now));
}

Deadline Deadline::after(Duration from_now, const Clock& clock) {
  return Deadline(later(clock.steady().microseconds() * 1000, from_now));
}

bool Deadline::has_passed() const {
  return is_set() && steady_nanoseconds() >= at_;
}

bool Deadline::has_passed(const Clock& clock) const {
  return is_set() && clock.steady().microseconds() * 1000 >= at_;
}

std::int64_t Deadline::milliseconds_left() const {
  if (!is_set()) return kNever;
  // Rounded up, so that whoever sleeps that long does not wake before it has passed.
  const std::int64_t left = at_ - std::min(at_, steady_nanoseconds());
  return left / 1'000'000 + (left % 1'000'000 != 0 ? 1 : 0);
}

}  // namespace meridian
