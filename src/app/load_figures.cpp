#include "app/load_figures.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace meridian::app {
namespace {

constexpr double kBucketMilliseconds = 0.01;

}  // namespace

void AnswerTimes::note(std::int64_t nanoseconds) {
  const auto bucket = static_cast<std::size_t>(static_cast<double>(nanoseconds) / 1e6 / kBucketMilliseconds);
  ++counts_[std::min(bucket, kBuckets - 1)];
  ++all_;
  longest_ = std::max(longest_, nanoseconds);
}

double AnswerTimes::percentile(double part) const {
  const double wanted = part * static_cast<double>(all_);
  double seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted && seen > 0) return static_cast<double>(i + 1) * kBucketMilliseconds;
  }
  return 0;
}

void AnswerTimes::tell(LoadFigures& figures) const {
  figures.median = percentile(0.5);
  figures.percentile_99 = percentile(0.99);
  figures.longest = static_cast<double>(longest_) / 1e6;
}

std::string load_text(const LoadFigures& figures, std::string_view noun) {
  const double seconds = std::max(figures.seconds, 1e-9);
  return fmt::format(
      "{} {} in {:.1f} s: {:.0f}/s, {:.1f} MB/s\n"
      "answered in the median after {:.1f} ms, 99 of 100 within {:.1f} ms, the last after {:.1f} ms",
      figures.count, noun, figures.seconds, static_cast<double>(figures.count) / seconds,
      static_cast<double>(figures.bytes) / 1e6 / seconds, figures.median, figures.percentile_99, figures.longest);
}

}  // namespace meridian::app
