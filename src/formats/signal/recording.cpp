#include "formats/signal/recording.hpp"

#include <algorithm>
#include <cstdio>

namespace meridian::signal {

double Channel::value(std::uint64_t index) const {
  const std::int32_t sample = samples[index];
  if (sample == kMissing) return std::numeric_limits<double>::quiet_NaN();
  const auto after = std::upper_bound(scales.begin(), scales.end(), index,
                                      [](std::uint64_t wanted, const Scale& scale) { return wanted < scale.from; });
  const Scale& scale = *std::prev(after);
  return (static_cast<double>(sample) - scale.baseline) / scale.gain;
}

std::string to_string(const LocalStart& start) {
  char text[64];
  const unsigned seconds = start.milliseconds / 1000;
  int size = 0;
  if (start.year != 0) size = std::snprintf(text, sizeof text, "%04d-%02d-%02dT", start.year, start.month, start.day);
  std::snprintf(text + size, sizeof text - static_cast<std::size_t>(size), "%02u:%02u:%02u.%03u", seconds / 3600,
                seconds / 60 % 60, seconds % 60, start.milliseconds % 1000);
  return text;
}

std::vector<std::int32_t> frame_means(const Channel& channel) {
  const std::uint32_t each = channel.samples_per_frame;
  if (each == 1) return channel.samples;
  std::vector<std::int32_t> means;
  means.reserve(channel.samples.size() / each);
  for (std::size_t at = 0; at + each <= channel.samples.size(); at += each) {
    std::int64_t sum = 0;
    bool is_missing = false;
    for (std::size_t i = at; i < at + each; ++i) {
      is_missing = is_missing || channel.samples[i] == kMissing;
      sum += channel.samples[i];
    }
    means.push_back(is_missing ? kMissing : static_cast<std::int32_t>(sum / each));
  }
  return means;
}

}  // namespace meridian::signal
