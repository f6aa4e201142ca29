// Deadline: the moment by which something must be done, on the steady clock.
//
// A value to copy; the default one never passes. Kept free of <chrono>, since it stands in headers that many include.
#pragma once

#include <cstdint>

namespace meridian::net {

class Deadline {
 public:
  /// One that never passes.
  constexpr Deadline() = default;
  static Deadline after_milliseconds(std::int64_t milliseconds);
  static constexpr Deadline at_nanoseconds(std::int64_t steady) { return Deadline(steady); }

  bool is_set() const { return at_ != kNever; }
  bool has_passed() const;
  /// 0 when it has passed; a very large number when it never does.
  std::int64_t milliseconds_left() const;
  /// The steady clock's nanoseconds.
  std::int64_t nanoseconds() const { return at_; }

  static Deadline earlier(Deadline a, Deadline b) { return a.at_ < b.at_ ? a : b; }
  bool operator==(const Deadline&) const = default;

 private:
  static constexpr std::int64_t kNever = INT64_MAX;
  explicit constexpr Deadline(std::int64_t at) : at_(at) {}
  std::int64_t at_ = kNever;
};

/// The steady clock, in nanoseconds.
std::int64_t steady_nanoseconds();

}  // namespace meridian::net
