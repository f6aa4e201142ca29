// WfdbHeader: the .hea file of a WFDB record (PhysioNet): which signals there are, where, and how they are written.
//
//   100 2 360 650000 12:00:00 01/01/2020      name[/segments] signals [rate[/counter[(base)]] [frames [time [date]]]]
//   100.dat 212 200(1024)/mV 11 1024 995 -22131 0 MLII
//           file format[xperframe][:skew][+offset] [gain[(baseline)][/unit] [bits [zero [first [checksum [block
//           [label]]]]]]]
//
// Lines that begin with # are comments; a record of segments has lines `name frames` instead of signals. What cannot be
// read is an Issue at its line, and the standard's default stands in; only without a record line is there no header.
// Specification: https://physionet.org/physiotools/wag/header-5.htm
#pragma once

#include <optional>
#include <string_view>

#include "base/issue.hpp"
#include "formats/signal/recording.hpp"

namespace meridian::signal {

/// How samples lie in a file. https://physionet.org/physiotools/wag/signal-5.htm
enum class WfdbFormat : std::uint16_t {
  none = 0,
  differences_8 = 8,
  little_16 = 16,
  little_24 = 24,
  little_32 = 32,
  big_16 = 61,
  offset_8 = 80,
  offset_16 = 160,
  packed_212 = 212,
  packed_310 = 310,
  packed_311 = 311,
  flac_8 = 508,
  flac_16 = 516,
  flac_24 = 524,
};
bool is_flac(WfdbFormat format);
/// The code that stands for a sample which was not measured; nothing where a format has none.
std::optional<std::int32_t> missing_code(WfdbFormat format);

struct WfdbSignal {
  std::string file;  ///< "~": of a layout, or of a gap: no samples
  WfdbFormat format = WfdbFormat::none;
  std::uint32_t samples_per_frame = 1;
  std::uint32_t skew = 0;         ///< frames by which its samples come late in the file
  std::uint64_t byte_offset = 0;  ///< of the first sample in the file
  double gain = 200;
  std::int32_t baseline = 0;
  std::string unit = "mV";
  int resolution_bits = 12;
  std::int32_t zero = 0;
  std::int32_t first_value = 0;
  std::optional<std::int32_t> checksum;  ///< the sum of all samples, 16 bits of it
  std::string label;
  std::uint32_t line = 0;  ///< in the header
};

struct WfdbSegment {
  std::string name;  ///< "~": a gap
  std::uint64_t frames = 0;
  std::uint32_t line = 0;
};

struct WfdbHeader {
  std::string name;
  double frames_per_second = 250;
  std::optional<std::uint64_t> frames;
  std::optional<LocalStart> start;
  std::vector<WfdbSignal> signals;
  std::vector<WfdbSegment> segments;
  std::vector<std::string> comments;
  std::size_t signal_count = 0;  ///< announced; of the segments where there are some
  /// Its first segment has no frames and says which signals there may be.
  bool has_layout() const { return !segments.empty() && segments[0].frames == 0; }
};

struct WfdbLimits {
  std::size_t max_header_bytes = std::size_t{4} << 20;
  std::size_t max_signals = 4'096;
  std::uint64_t max_frame_samples = std::uint64_t{1} << 20;  ///< of all signals in one frame
  std::uint64_t max_frames = std::uint64_t{1} << 40;         ///< of one header or segment
  std::size_t max_segments = 1'000'000;
  std::uint64_t max_samples = 250'000'000;  ///< of all channels together: a gigabyte
};

std::optional<WfdbHeader> parse_wfdb_header(std::string_view text, const WfdbLimits& limits, Issues& issues);

}  // namespace meridian::signal
