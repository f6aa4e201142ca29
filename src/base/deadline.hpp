// Deadline: the moment on the steady clock by which something must be done.
//
// A value to copy; the default one never passes. Every loop that foreign input can make long asks it now and then,
// together with a StopToken: see `keep_going` in base/stop.hpp.
#pragma once

#include <cstdint>

#include "base/instant.hpp"

namespace meridian {

class Clock;

class Deadline {
 public:
  /// One that never passes.
  constexpr Deadline() = default;
  static Deadline after(Duration from_now);
  static Deadline after(Duration from_now, const Clock& clock);
  static Deadline after_milliseconds(std::int64_t milliseconds) { return after(Duration::milliseconds(milliseconds)); }
  /// Up to some milliseconds early, for a tenth of the price: for limits on what a peer may take, set at each step.
  static Deadline roughly_after_milliseconds(std::int64_t milliseconds);
  /// On the machine's steady clock.
  static constexpr Deadline at_nanoseconds(std::int64_t steady) { return Deadline(steady); }
  static constexpr Deadline earlier(Deadline a, Deadline b) { return a.at_ < b.at_ ? a : b; }

  constexpr bool is_set() const { return at_ != kNever; }
  bool has_passed() const;
  bool has_passed(const Clock& clock) const;
  /// 0 when it has passed; INT64_MAX when it never does.
  std::int64_t milliseconds_left() const;
  /// The steady clock's nanoseconds, INT64_MAX for never.
  constexpr std::int64_t nanoseconds() const { return at_; }

  bool operator==(const Deadline&) const = default;

 private:
  static constexpr std::int64_t kNever = INT64_MAX;
  explicit constexpr Deadline(std::int64_t at) : at_(at) {}
  std::int64_t at_ = kNever;
};

/// The machine's steady clock in nanoseconds, cheaply: this is what hot loops and benchmarks of ourselves read.
std::int64_t steady_nanoseconds();
/// The same clock as it was at the system's last tick, some milliseconds ago.
std::int64_t coarse_nanoseconds();

}  // namespace meridian
