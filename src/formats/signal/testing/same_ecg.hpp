// Whether two electrocardiograms have the same samples, which mean the same.
#pragma once

#include <cmath>

#include "formats/signal/ecg.hpp"

namespace meridian::signal::testing {

inline bool is_near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::max(std::abs(a), std::abs(b));
}

/// Names apart: a code stands for its channel.
inline bool has_same_samples(const Ecg& a, const Ecg& b) {
  if (a.series.size() != b.series.size()) return false;
  for (std::size_t i = 0; i < a.series.size(); ++i) {
    const Recording& left = a.series[i].recording;
    const Recording& right = b.series[i].recording;
    if (a.series[i].kind != b.series[i].kind || left.frames != right.frames || left.start != right.start) return false;
    if (!is_near(left.frames_per_second, right.frames_per_second)) return false;
    if (left.channels.size() != right.channels.size()) return false;
    for (std::size_t n = 0; n < left.channels.size(); ++n) {
      const Channel& one = left.channels[n];
      const Channel& other = right.channels[n];
      if (one.code != other.code || one.unit != other.unit || one.samples != other.samples) return false;
      if (one.scales.size() != 1 || other.scales.size() != 1) return false;
      if (!is_near(one.scales[0].gain, other.scales[0].gain)) return false;
      if (one.scales[0].baseline != other.scales[0].baseline) return false;
    }
  }
  return true;
}

}  // namespace meridian::signal::testing
