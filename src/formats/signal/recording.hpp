// Recording: channels of samples over time, as every waveform format becomes one: electrocardiograms, pressures,
// breathing.
//
// A sample is a whole number in units of the converter; kMissing where nothing was measured. Its value in the channel's
// unit is (sample - baseline) / gain; both may change on the way (segments that were recorded with other settings), so
// a channel has them by stretches. A frame is one tick of the recording's clock; a channel has one sample a frame, or
// more. Samples are in order, the first at frame `first_frame`. Values, without threads.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace meridian::signal {

inline constexpr std::int32_t kMissing = std::numeric_limits<std::int32_t>::min();

struct Scale {
  std::uint64_t from = 0;     ///< the index of the first sample that it holds for
  double gain = 200;          ///< converter units in one physical unit; never 0
  std::int32_t baseline = 0;  ///< the sample that means 0
  bool operator==(const Scale&) const = default;
};

struct Channel {
  std::string label;         ///< "MLII", "ABP"
  std::string code;          ///< of a lead in IEEE 11073-10101: "MDC_ECG_LEAD_II" (leads.hpp); empty where not known
  std::string unit = "mV";   ///< as the recording names it
  int resolution_bits = 12;  ///< of the converter
  std::uint32_t samples_per_frame = 1;
  std::vector<Scale> scales{Scale{}};  ///< ascending, the first from 0
  std::vector<std::int32_t> samples;

  /// In the unit; not a number where nothing was measured.
  double value(std::uint64_t index) const;
};

/// A wall clock at a place that the recording does not name: no zone is known.
struct LocalStart {
  int year = 0;  ///< 0: the day is not known
  int month = 0;
  int day = 0;
  std::uint32_t milliseconds = 0;  ///< since midnight
  bool operator==(const LocalStart&) const = default;
};
/// `2137-10-26T16:57:09.000`, or `16:57:09.000` where the day is not known.
std::string to_string(const LocalStart& start);

struct Recording {
  std::string name;
  double frames_per_second = 250;
  std::optional<LocalStart> start;  ///< of frame 0
  std::uint64_t first_frame = 0;
  std::uint64_t frames = 0;
  std::vector<Channel> channels;
  std::vector<std::string> comments;
};

/// One sample a frame: the mean of a frame's samples, towards zero; kMissing when one of them is.
std::vector<std::int32_t> frame_means(const Channel& channel);

}  // namespace meridian::signal
