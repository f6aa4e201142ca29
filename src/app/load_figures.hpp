// What a load that was sent says of itself: how much went in what time, and how soon it was answered.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::app {

struct LoadFigures {
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  double seconds = 0;
  // Milliseconds from the first byte of one to its answer.
  double median = 0;
  double percentile_99 = 0;
  double longest = 0;
};

/// Times of answers, in hundredths of a millisecond up to 10 s: of any number, in the same memory. One thread.
class AnswerTimes {
 public:
  void note(std::int64_t nanoseconds);
  /// Sets the three of milliseconds.
  void tell(LoadFigures& figures) const;

 private:
  static constexpr std::size_t kBuckets = 1'000'000;
  double percentile(double part) const;

  std::vector<std::uint32_t> counts_ = std::vector<std::uint32_t>(kBuckets);
  std::uint64_t all_ = 0;
  std::int64_t longest_ = 0;
};

/// Two lines: `1,000 messages in 0.8 s: …`, and how soon they were answered.
std::string load_text(const LoadFigures& figures, std::string_view noun);

}  // namespace meridian::app
