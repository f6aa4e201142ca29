#include "net/deadline.hpp"

#include <algorithm>
#include <chrono>

namespace meridian::net {

std::int64_t steady_nanoseconds() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

Deadline Deadline::after_milliseconds(std::int64_t milliseconds) {
  return Deadline(steady_nanoseconds() + milliseconds * 1'000'000);
}

bool Deadline::has_passed() const {
  return at_ != kNever && steady_nanoseconds() >= at_;
}

std::int64_t Deadline::milliseconds_left() const {
  if (at_ == kNever) return INT64_MAX / 1'000'000;
  return std::max<std::int64_t>(0, (at_ - steady_nanoseconds()) / 1'000'000);
}

}  // namespace meridian::net
