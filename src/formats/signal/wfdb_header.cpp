#include "formats/signal/wfdb_header.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/trim.hpp"
#include "formats/signal/faults.hpp"

namespace meridian::signal {
namespace {

constexpr std::string_view kBlanks = " \t\r";

/// The next word, taken off the front.
std::string_view take_word(std::string_view& line) {
  line = trimmed(line, kBlanks);
  const std::string_view word = line.substr(0, line.find_first_of(" \t"));
  line.remove_prefix(word.size());
  return word;
}

template <typename Number>
std::optional<Number> number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Takes what stands before the first of the marks off the front; the mark stays.
std::string_view take_until(std::string_view& text, std::string_view marks) {
  const std::string_view part = text.substr(0, text.find_first_of(marks));
  text.remove_prefix(part.size());
  return part;
}

WfdbFormat format_of(std::uint32_t number) {
  switch (number) {
    case 0:
    case 8:
    case 16:
    case 24:
    case 32:
    case 61:
    case 80:
    case 160:
    case 212:
    case 310:
    case 311:
    case 508:
    case 516:
    case 524:
      return static_cast<WfdbFormat>(number);
    default:
      return WfdbFormat::none;
  }
}

class HeaderParser {
 public:
  HeaderParser(const WfdbLimits& limits, Issues& issues) : limits_(limits), issues_(issues) {}

  std::optional<WfdbHeader> run(std::string_view text) {
    if (text.size() > limits_.max_header_bytes) return refuse(limits_.max_header_bytes, "bytes");
    bool has_record = false;
    while (!text.empty() && !is_over_) {
      std::string_view line = text.substr(0, text.find('\n'));
      text.remove_prefix(std::min(text.size(), line.size() + 1));
      ++line_;
      line = trimmed(line, kBlanks);
      if (line.starts_with('#')) {
        header_.comments.emplace_back(trimmed(line.substr(1), kBlanks));
      } else if (!line.empty()) {
        if (!has_record) {
          read_record(line);
          has_record = true;
        } else if (is_segmented_) {
          read_segment(line);
        } else {
          read_signal(line);
        }
      }
    }
    if (is_over_) return std::nullopt;
    if (!has_record) {
      issues_.add({Severity::fatal, IssueType::structure, faults::kNoRecordLine});
      return std::nullopt;
    }
    check_counts();
    return std::move(header_);
  }

 private:
  std::optional<WfdbHeader> refuse(std::uint64_t most, const char* what) {
    issues_.add({Severity::fatal, IssueType::too_costly, faults::kTooMuch, {std::to_string(most), what}});
    is_over_ = true;
    return std::nullopt;
  }
  void bad(std::string_view field) {
    issues_.add(
        {Severity::error, IssueType::value, faults::kBadField, {std::string(field)}, header_.name, {0, line_, 0}});
  }
  /// The field as a number; an issue and nothing when it is none.
  template <typename Number>
  std::optional<Number> read(std::string_view text, std::string_view field) {
    const std::optional<Number> value = number<Number>(text);
    if (!value) bad(field);
    return value;
  }

  std::optional<std::uint64_t> read_frames(std::string_view text) {
    const auto frames = read<std::uint64_t>(text, "frames");
    if (!frames || *frames <= limits_.max_frames) return frames;
    bad("frames");
    return std::nullopt;
  }

  void read_record(std::string_view line) {
    std::string_view name = take_word(line);
    header_.name = take_until(name, "/");
    if (!name.empty()) {
      is_segmented_ = true;
      announced_ = read<std::uint32_t>(name.substr(1), "segments").value_or(0);
    }
    header_.signal_count = read<std::uint32_t>(take_word(line), "signals").value_or(0);
    if (!is_segmented_) announced_ = header_.signal_count;
    if (std::string_view rate = take_word(line); !rate.empty()) {
      const auto value = read<double>(take_until(rate, "/("), "rate");
      if (value && std::isfinite(*value) && *value > 0) header_.frames_per_second = *value;
    }
    if (const std::string_view frames = take_word(line); !frames.empty()) {
      header_.frames = read_frames(frames);
      // 0 stands for a number that is not known; of a layout it is what it says.
      if (header_.frames == 0U && !is_segmented_) header_.frames.reset();
    }
    const std::string_view time = take_word(line);
    const std::string_view date = take_word(line);
    if (!time.empty()) read_start(time, date);
  }

  /// The number before the next slash, and the slash; 0 when there is none.
  static int take_number(std::string_view& rest) {
    const auto found = number<int>(take_until(rest, "/"));
    if (!rest.empty()) rest.remove_prefix(1);
    return found.value_or(0);
  }

  /// HH:MM:SS.sss, MM:SS, or seconds; DD/MM/YYYY.
  void read_start(std::string_view time, std::string_view date) {
    LocalStart start;
    double seconds = 0;
    for (std::string_view rest = time; !rest.empty();) {
      const auto part = number<double>(take_until(rest, ":"));
      if (!part || !(*part >= 0 && *part < 86'400)) return bad("time");
      seconds = seconds * 60 + *part;
      if (!rest.empty()) rest.remove_prefix(1);
    }
    if (!(seconds < 86'400)) return bad("time");
    start.milliseconds = static_cast<std::uint32_t>(std::lround(seconds * 1000)) % 86'400'000;
    if (!date.empty()) {
      std::string_view rest = date;
      const int day = take_number(rest);
      const int month = take_number(rest);
      const int year = take_number(rest);
      if (day < 1 || day > 31 || month < 1 || month > 12 || year < 1 || year > 9999) return bad("date");
      start.year = year;
      start.month = month;
      start.day = day;
    }
    header_.start = start;
  }

  void read_segment(std::string_view line) {
    if (header_.segments.size() == limits_.max_segments) return void(refuse(limits_.max_segments, "segments"));
    WfdbSegment segment;
    segment.line = line_;
    segment.name = take_word(line);
    segment.frames = read_frames(take_word(line)).value_or(0);
    header_.segments.push_back(std::move(segment));
  }

  void read_signal(std::string_view line) {
    if (header_.signals.size() == limits_.max_signals) return void(refuse(limits_.max_signals, "signals"));
    WfdbSignal signal;
    signal.line = line_;
    signal.file = take_word(line);
    read_format(take_word(line), signal);
    bool has_baseline = false;
    if (std::string_view gain = take_word(line); !gain.empty()) has_baseline = read_gain(gain, signal);
    const auto read_number = [&](std::string_view field, auto& into) {
      if (const std::string_view word = take_word(line); !word.empty()) {
        const auto value = read<std::int32_t>(word, field);
        if (value) into = *value;
      }
    };
    read_number("resolution", signal.resolution_bits);
    read_number("zero", signal.zero);
    // A converter's zero is the baseline, and the first value, where nothing else is said.
    if (!has_baseline) signal.baseline = signal.zero;
    signal.first_value = signal.zero;
    read_number("first value", signal.first_value);
    read_number("checksum", signal.checksum);
    std::int32_t block = 0;
    read_number("block", block);
    signal.label = trimmed(line, kBlanks);
    frame_samples_ += signal.samples_per_frame;
    if (frame_samples_ > limits_.max_frame_samples) {
      return void(refuse(limits_.max_frame_samples, "samples in a frame"));
    }
    header_.signals.push_back(std::move(signal));
  }

  void read_format(std::string_view word, WfdbSignal& signal) {
    const std::string whole(word);
    const auto format = number<std::uint32_t>(take_until(word, "x:+"));
    if (format) signal.format = format_of(*format);
    if (!format || (signal.format == WfdbFormat::none && *format != 0)) {
      issues_.add(
          {Severity::error, IssueType::not_supported, faults::kUnknownFormat, {whole}, header_.name, {0, line_, 0}});
    }
    while (!word.empty()) {
      const char mark = word[0];
      word.remove_prefix(1);
      const std::string_view part = take_until(word, "x:+");
      if (mark == 'x') {
        signal.samples_per_frame = read<std::uint32_t>(part, "samples per frame").value_or(1);
      } else if (mark == ':') {
        signal.skew = read<std::uint32_t>(part, "skew").value_or(0);
      } else {
        signal.byte_offset = read<std::uint64_t>(part, "byte offset").value_or(0);
      }
    }
    constexpr std::uint32_t kMost = 1'000'000;
    if (signal.samples_per_frame == 0 || signal.samples_per_frame > kMost) {
      bad("samples per frame");
      signal.samples_per_frame = 1;
    }
    if (signal.skew > kMost) {
      bad("skew");
      signal.skew = 0;
    }
  }

  /// gain[(baseline)][/unit]; whether the baseline is said.
  bool read_gain(std::string_view word, WfdbSignal& signal) {
    const auto gain = read<double>(take_until(word, "(/"), "gain");
    // 0 stands for a signal without calibration.
    if (gain && std::isfinite(*gain) && *gain != 0) signal.gain = *gain;
    bool has_baseline = false;
    if (word.starts_with('(')) {
      word.remove_prefix(1);
      if (const auto baseline = read<std::int32_t>(take_until(word, ")"), "baseline")) {
        signal.baseline = *baseline;
        has_baseline = true;
      }
      if (!word.empty()) word.remove_prefix(1);
    }
    if (word.starts_with('/') && word.size() > 1) signal.unit = word.substr(1);
    return has_baseline;
  }

  void check_counts() {
    const std::size_t there = is_segmented_ ? header_.segments.size() : header_.signals.size();
    if (there < announced_) {
      issues_.add({Severity::error,
                   IssueType::structure,
                   faults::kTooFewLines,
                   {std::to_string(announced_), std::to_string(there)},
                   header_.name});
    }
    // What stands below the lines that are announced is not of the record.
    if (is_segmented_ && there > announced_) header_.segments.resize(announced_);
    if (!is_segmented_ && there > announced_) header_.signals.resize(announced_);
  }

  const WfdbLimits& limits_;
  Issues& issues_;
  WfdbHeader header_;
  std::size_t announced_ = 0;
  std::uint64_t frame_samples_ = 0;
  std::uint32_t line_ = 0;
  bool is_segmented_ = false;
  bool is_over_ = false;
};

}  // namespace

bool is_flac(WfdbFormat format) {
  return format == WfdbFormat::flac_8 || format == WfdbFormat::flac_16 || format == WfdbFormat::flac_24;
}

std::optional<std::int32_t> missing_code(WfdbFormat format) {
  switch (format) {
    case WfdbFormat::offset_8:
    case WfdbFormat::flac_8:
      return -128;
    case WfdbFormat::little_16:
    case WfdbFormat::big_16:
    case WfdbFormat::offset_16:
    case WfdbFormat::flac_16:
      return -32'768;
    case WfdbFormat::little_24:
    case WfdbFormat::flac_24:
      return -8'388'608;
    case WfdbFormat::little_32:
      return kMissing;
    case WfdbFormat::packed_212:
      return -2'048;
    case WfdbFormat::packed_310:
    case WfdbFormat::packed_311:
      return -512;
    case WfdbFormat::none:
    case WfdbFormat::differences_8:
      break;
  }
  return std::nullopt;
}

std::optional<WfdbHeader> parse_wfdb_header(std::string_view text, const WfdbLimits& limits, Issues& issues) {
  return HeaderParser(limits, issues).run(text);
}

}  // namespace meridian::signal
