// Instant: a point in time, and Duration: a length of time; both count microseconds in 64 bits.
//
// Instants count from 1970-01-01T00:00:00Z without leap seconds, as POSIX does, and reach from year 1 to 9999 when
// they are written as text. Values; free of threads. For dates as people and FHIR write them: base/date_time.hpp.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

class Duration {
 public:
  constexpr Duration() = default;
  static constexpr Duration microseconds(std::int64_t n) { return Duration(n); }
  static constexpr Duration milliseconds(std::int64_t n) { return Duration(n * 1'000); }
  static constexpr Duration seconds(std::int64_t n) { return Duration(n * 1'000'000); }
  static constexpr Duration minutes(std::int64_t n) { return seconds(n * 60); }
  static constexpr Duration hours(std::int64_t n) { return minutes(n * 60); }
  static constexpr Duration days(std::int64_t n) { return hours(n * 24); }

  constexpr std::int64_t microseconds() const { return microseconds_; }
  constexpr std::int64_t milliseconds() const { return microseconds_ / 1'000; }
  constexpr double seconds() const { return static_cast<double>(microseconds_) / 1e6; }

  constexpr auto operator<=>(const Duration&) const = default;
  constexpr Duration operator-() const { return Duration(-microseconds_); }
  constexpr Duration& operator+=(Duration other) {
    microseconds_ += other.microseconds_;
    return *this;
  }
  friend constexpr Duration operator+(Duration a, Duration b) { return Duration(a.microseconds_ + b.microseconds_); }
  friend constexpr Duration operator-(Duration a, Duration b) { return Duration(a.microseconds_ - b.microseconds_); }
  friend constexpr Duration operator*(Duration a, std::int64_t n) { return Duration(a.microseconds_ * n); }
  friend constexpr Duration operator/(Duration a, std::int64_t n) { return Duration(a.microseconds_ / n); }

 private:
  explicit constexpr Duration(std::int64_t n) : microseconds_(n) {}
  std::int64_t microseconds_ = 0;
};

class Instant {
 public:
  constexpr Instant() = default;  // the epoch
  static constexpr Instant from_microseconds(std::int64_t n) { return Instant(n); }
  static constexpr Instant from_milliseconds(std::int64_t n) { return Instant(n * 1'000); }
  static constexpr Instant from_seconds(std::int64_t n) { return Instant(n * 1'000'000); }

  /// FHIR's `instant`: a whole date and time to the second or finer, with `Z` or an offset. Digits beyond microseconds
  /// are cut off. https://hl7.org/fhir/R4/datatypes.html#instant
  static Result<Instant> parse(std::string_view text);
  /// In UTC with no, three or six digits of fraction, whichever is enough: `2024-02-29T12:00:00.500Z`.
  std::string to_string() const;

  constexpr std::int64_t microseconds() const { return microseconds_; }
  constexpr std::int64_t milliseconds() const { return floor_by(1'000); }
  constexpr std::int64_t seconds() const { return floor_by(1'000'000); }

  constexpr auto operator<=>(const Instant&) const = default;
  friend constexpr Instant operator+(Instant t, Duration d) { return Instant(t.microseconds_ + d.microseconds()); }
  friend constexpr Instant operator-(Instant t, Duration d) { return Instant(t.microseconds_ - d.microseconds()); }
  friend constexpr Duration operator-(Instant a, Instant b) {
    return Duration::microseconds(a.microseconds_ - b.microseconds_);
  }

 private:
  explicit constexpr Instant(std::int64_t n) : microseconds_(n) {}
  constexpr std::int64_t floor_by(std::int64_t unit) const {
    return microseconds_ / unit - (microseconds_ % unit < 0 ? 1 : 0);
  }
  std::int64_t microseconds_ = 0;
};

/// From `start` until just before `end`.
struct InstantRange {
  Instant start;
  Instant end;
  bool operator==(const InstantRange&) const = default;
};

}  // namespace meridian
