// Recent: how many messages ended within the last minute, and how long each had taken since it came.
//
// A bucket for each second, in it one for each power of two of milliseconds: what it says of a duration is at most
// twice too much. Not for two threads at once.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>

#include "base/instant.hpp"

namespace meridian::ingest::internal {

class Recent {
 public:
  static constexpr std::int64_t kSeconds = 60;

  void add(Instant ended, Duration lag) {
    const std::int64_t second = second_of(ended);
    Bucket& bucket = buckets_[static_cast<std::size_t>(second % kSeconds)];
    if (bucket.second > second) return;  // the clock went back by more than a minute
    if (bucket.second < second) bucket = {.second = second};
    if (first_ == 0) first_ = second;
    const std::int64_t milliseconds = std::max<std::int64_t>(lag.microseconds() / 1000, 0);
    const auto power = static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(milliseconds)));
    ++bucket.counts[std::min(power, kPowers - 1)];
  }

  /// Messages a second, of the last minute or since the first.
  double rate(Instant now) const {
    std::uint64_t count = 0;
    each(now, [&count](std::size_t, std::uint32_t some) { count += some; });
    const std::int64_t span = std::clamp<std::int64_t>(second_of(now) - first_ + 1, 1, kSeconds);
    return static_cast<double>(count) / static_cast<double>(span);
  }

  /// What so many of them stayed below: 0.99. Zero when there were none.
  Duration lag(Instant now, double part) const {
    std::array<std::uint64_t, kPowers> counts{};
    std::uint64_t all = 0;
    each(now, [&](std::size_t power, std::uint32_t some) {
      counts[power] += some;
      all += some;
    });
    std::uint64_t seen = 0;
    for (std::size_t power = 0; power < kPowers && all > 0; ++power) {
      seen += counts[power];
      if (static_cast<double>(seen) >= part * static_cast<double>(all)) {
        return Duration::milliseconds(std::int64_t{1} << power);
      }
    }
    return {};
  }

 private:
  static constexpr std::size_t kPowers = 32;
  struct Bucket {
    std::int64_t second = 0;
    std::array<std::uint32_t, kPowers> counts{};
  };

  static std::int64_t second_of(Instant at) { return std::max<std::int64_t>(at.microseconds() / 1'000'000, 0); }

  template <typename Use>
  void each(Instant now, Use use) const {
    const std::int64_t until = second_of(now);
    for (const Bucket& bucket : buckets_) {
      if (bucket.second <= until - kSeconds || bucket.second > until) continue;
      for (std::size_t power = 0; power < kPowers; ++power) use(power, bucket.counts[power]);
    }
  }

  std::array<Bucket, kSeconds> buckets_{};
  std::int64_t first_ = 0;
};

}  // namespace meridian::ingest::internal
