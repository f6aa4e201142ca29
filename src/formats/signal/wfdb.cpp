#include "formats/signal/wfdb.hpp"

#include <algorithm>
#include <utility>

#include "formats/signal/faults.hpp"
#include "formats/signal/internal/flac.hpp"
#include "formats/signal/internal/wfdb_samples.hpp"
#include "formats/signal/leads.hpp"

namespace meridian::signal {
namespace {

using internal::packing;
using internal::Packing;

constexpr std::size_t kWindowSamples = 3 * 65'536;  // a multiple of every packing's

/// Signals [first, end) of a header, which lie in one file.
struct Group {
  std::size_t first;
  std::size_t end;
};

std::vector<Group> groups_of(const std::vector<WfdbSignal>& signals) {
  std::vector<Group> groups;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    if (groups.empty() || signals[i].file != signals[i - 1].file) groups.push_back({i, i});
    groups.back().end = i + 1;
  }
  return groups;
}

bool is_plain_name(std::string_view name) {
  return !name.empty() && name[0] != '.' && name.find_first_of(std::string_view("/\\\0", 3)) == std::string_view::npos;
}

/// Reads the signals of one header, which has no segments.
class SignalReader {
 public:
  /// Of each signal the samples of frames [from, to), kMissing until something better is read.
  using Samples = std::vector<std::vector<std::int32_t>>;

  SignalReader(FileSystem& files, std::string folder, const WfdbHeader& header, Issues& issues)
      : files_(files), folder_(std::move(folder)), header_(header), issues_(issues) {}

  /// As the header says, or as the first file that can be read has.
  std::uint64_t frames() {
    if (header_.frames) return *header_.frames;
    for (const Group& group : groups_of(header_.signals)) {
      const std::unique_ptr<RandomAccessFile> file = open(group);
      const WfdbSignal& signal = header_.signals[group.first];
      if (file == nullptr || signal.format == WfdbFormat::none) continue;
      if (is_flac(signal.format)) {
        if (const Result<std::uint64_t> length = internal::flac_length(*file))
          return *length / signal.samples_per_frame;
      } else {
        return samples_of(signal) / samples_per_frame(group);
      }
    }
    return 0;
  }

  Samples read(std::uint64_t from, std::uint64_t to) {
    from_ = from;
    to_ = to;
    samples_.clear();
    for (const WfdbSignal& signal : header_.signals) {
      samples_.emplace_back((to - from) * signal.samples_per_frame, kMissing);
    }
    for (const Group& group : groups_of(header_.signals)) read_group(group);
    return std::move(samples_);
  }

 private:
  void complain(const Message& message, std::vector<std::string> arguments, const WfdbSignal& signal,
                IssueType type = IssueType::value, Severity severity = Severity::error) {
    issues_.add({severity, type, message, std::move(arguments), header_.name, {0, signal.line, 0}});
  }

  std::unique_ptr<RandomAccessFile> open(const Group& group) {
    const WfdbSignal& signal = header_.signals[group.first];
    if (signal.file == "~") return nullptr;
    if (!is_plain_name(signal.file)) {
      complain(faults::kBadFileName, {}, signal, IssueType::security);
      return nullptr;
    }
    auto file = files_.open_random_access(folder_ + signal.file);
    if (!file) {
      complain(faults::kNoFile, {signal.file, std::string(name(file.error().code()))}, signal, IssueType::not_found);
      return nullptr;
    }
    return *std::move(file);
  }

  std::uint64_t samples_of(const WfdbSignal& signal) {
    const Result<std::uint64_t> size = files_.size(folder_ + signal.file);
    if (!size || *size <= signal.byte_offset) return 0;
    return internal::samples_in(signal.format, *size - signal.byte_offset);
  }

  std::uint64_t samples_per_frame(const Group& group) const {
    std::uint64_t sum = 0;
    for (std::size_t i = group.first; i < group.end; ++i) sum += header_.signals[i].samples_per_frame;
    return sum;
  }

  void read_group(const Group& group) {
    const WfdbSignal& head = header_.signals[group.first];
    if (head.format == WfdbFormat::none) return;
    for (std::size_t i = group.first + 1; i < group.end; ++i) {
      const WfdbSignal& signal = header_.signals[i];
      const bool is_like_head = signal.format == head.format && signal.byte_offset == head.byte_offset &&
                                (!is_flac(head.format) || signal.samples_per_frame == head.samples_per_frame);
      if (!is_like_head) return complain(faults::kMixedFormats, {}, signal);
    }
    const std::unique_ptr<RandomAccessFile> file = open(group);
    if (file == nullptr) return;
    sums_.assign(group.end - group.first, 0);
    const std::uint64_t frames = is_flac(head.format) ? read_flac_group(group, *file) : read_packed(group, *file);
    std::uint32_t skew = 0;
    for (std::size_t i = group.first; i < group.end; ++i) skew = std::max(skew, header_.signals[i].skew);
    if (frames < to_) {
      complain(faults::kShort, {head.file, std::to_string(frames), std::to_string(to_)}, head, IssueType::structure);
    } else if (from_ == 0 && header_.frames == to_) {
      check_sums(group);
    }
  }

  /// Puts one sample of the file's frame where it belongs, when it was asked for.
  void put(std::size_t index, std::uint64_t frame, std::uint32_t place, std::int32_t value) {
    const WfdbSignal& signal = header_.signals[index];
    if (frame < signal.skew) return;
    frame -= signal.skew;
    if (frame < from_ || frame >= to_) return;
    samples_[index][(frame - from_) * signal.samples_per_frame + place] =
        value == missing_code(signal.format) ? kMissing : value;
  }

  /// How many frames the file holds, as far as was looked.
  std::uint64_t read_packed(const Group& group, const RandomAccessFile& file) {
    const WfdbSignal& head = header_.signals[group.first];
    const Packing packed = packing(head.format);
    const std::uint64_t each = samples_per_frame(group);
    std::uint64_t skew = 0;
    for (std::size_t i = group.first; i < group.end; ++i) skew = std::max<std::uint64_t>(skew, header_.signals[i].skew);
    const std::uint64_t total = samples_of(head);
    const std::uint64_t end = std::min(total, (to_ + skew) * each);
    // Differences add up from the start.
    const bool is_sum = head.format == WfdbFormat::differences_8;
    std::uint64_t at = is_sum ? 0 : from_ * each / packed.samples * packed.samples;
    std::vector<std::int32_t> values;
    for (std::size_t i = group.first; i < group.end; ++i) values.push_back(header_.signals[i].first_value);

    std::string bytes;
    std::vector<std::int32_t> window(kWindowSamples);
    while (at < end) {
      const std::uint64_t wanted = std::min<std::uint64_t>(kWindowSamples, end - at);
      bytes.resize((wanted + packed.samples - 1) / packed.samples * packed.bytes);
      const Result<std::size_t> got =
          file.read_at(head.byte_offset + at / packed.samples * packed.bytes, {bytes.data(), bytes.size()});
      if (!got) {
        complain(faults::kNoFile, {head.file, std::string(name(got.error().code()))}, head, IssueType::not_found);
        break;
      }
      const std::size_t count =
          internal::unpack(head.format, std::string_view(bytes).substr(0, *got), {window.data(), wanted});
      if (count == 0) break;
      take(group, std::span(window).first(count), at, is_sum, values);
      at += count;
    }
    return (at < end ? at : total) / each;
  }

  /// Deals a run of a file's samples out to the signals.
  void take(const Group& group, std::span<const std::int32_t> run, std::uint64_t at, bool is_sum,
            std::vector<std::int32_t>& values) {
    const std::uint64_t each = samples_per_frame(group);
    std::uint64_t frame = at / each;
    auto place = static_cast<std::uint32_t>(at % each);
    std::size_t index = group.first;
    while (place >= header_.signals[index].samples_per_frame) place -= header_.signals[index++].samples_per_frame;
    for (const std::int32_t sample : run) {
      std::int32_t value = sample;
      if (is_sum) {
        std::int32_t& sum = values[index - group.first];
        sum = static_cast<std::int32_t>(static_cast<std::uint32_t>(sum) + static_cast<std::uint32_t>(sample));
        value = sum;
      }
      if (frame < to_) sums_[index - group.first] += static_cast<std::uint32_t>(value);
      put(index, frame, place, value);
      if (++place < header_.signals[index].samples_per_frame) continue;
      place = 0;
      if (++index < group.end) continue;
      index = group.first;
      ++frame;
    }
  }

  std::uint64_t read_flac_group(const Group& group, const RandomAccessFile& file) {
    const WfdbSignal& head = header_.signals[group.first];
    const std::uint32_t each = head.samples_per_frame;
    const std::size_t channels = group.end - group.first;
    std::uint64_t skew = 0;
    for (std::size_t i = group.first; i < group.end; ++i) skew = std::max<std::uint64_t>(skew, header_.signals[i].skew);
    bool fits = true;
    std::uint64_t seen = 0;
    const Result<> read = internal::read_flac(file, [&](const internal::FlacBlock& block) {
      fits = block.channels == channels;
      if (!fits) return false;
      for (std::size_t channel = 0; channel < channels; ++channel) {
        for (std::uint32_t n = 0; n < block.count; ++n) {
          const std::uint64_t at = block.first + n;
          const std::int32_t value = block.samples[channel][n];
          if (at / each < to_) sums_[channel] += static_cast<std::uint32_t>(value);
          put(group.first + channel, at / each, static_cast<std::uint32_t>(at % each), value);
        }
      }
      seen = block.first + block.count;
      return seen / each < to_ + skew;
    });
    if (!read || !fits) complain(faults::kBadFlac, {head.file, std::to_string(channels)}, head, IssueType::structure);
    return seen / each;
  }

  void check_sums(const Group& group) {
    for (std::size_t i = group.first; i < group.end; ++i) {
      const WfdbSignal& signal = header_.signals[i];
      if (!signal.checksum || signal.skew != 0) continue;
      if (static_cast<std::uint16_t>(*signal.checksum) == static_cast<std::uint16_t>(sums_[i - group.first])) continue;
      complain(faults::kChecksum, {signal.label, std::to_string(*signal.checksum)}, signal, IssueType::value,
               Severity::warning);
    }
  }

  FileSystem& files_;
  const std::string folder_;
  const WfdbHeader& header_;
  Issues& issues_;
  std::uint64_t from_ = 0;
  std::uint64_t to_ = 0;
  Samples samples_;
  std::vector<std::uint32_t> sums_;  // of the group at hand
};

Channel channel_of(const WfdbSignal& signal) {
  Channel channel;
  channel.label = signal.label;
  // Names of pressures are as short as those of leads ("V", "C"): only what is a voltage is one.
  const bool is_voltage = signal.unit == "mV" || signal.unit == "uV" || signal.unit == "V";
  if (const Lead* lead = is_voltage ? lead_by_label(signal.label) : nullptr) channel.code = lead->code;
  channel.unit = signal.unit;
  channel.resolution_bits = signal.resolution_bits;
  channel.samples_per_frame = signal.samples_per_frame;
  channel.scales = {{0, signal.gain, signal.baseline}};
  return channel;
}

class RecordReader {
 public:
  RecordReader(FileSystem& files, const std::string& path, const WfdbLimits& limits, Issues& issues)
      : files_(files), limits_(limits), issues_(issues) {
    const std::size_t slash = path.rfind('/');
    folder_ = slash == std::string::npos ? "" : path.substr(0, slash + 1);
    name_ = path.substr(folder_.size());
    if (name_.ends_with(".hea")) name_.resize(name_.size() - 4);
  }

  Result<WfdbHeader> header(const std::string& name) {
    const std::string text = TRY(read_whole_file(files_, folder_ + name + ".hea", limits_.max_header_bytes));
    std::optional<WfdbHeader> parsed = parse_wfdb_header(text, limits_, issues_);
    if (!parsed) return fail(ErrorCode::malformed_input, "this is no WFDB header");
    return *std::move(parsed);
  }
  Result<WfdbHeader> header() { return header(name_); }

  Result<Recording> read(FrameRange range) {
    const WfdbHeader header = TRY(this->header());
    Recording recording;
    recording.name = header.name;
    recording.frames_per_second = header.frames_per_second;
    recording.start = header.start;
    recording.comments = header.comments;
    std::uint64_t frames = header.frames.value_or(0);
    if (!header.segments.empty()) {
      std::uint64_t sum = 0;
      for (const WfdbSegment& segment : header.segments) sum += segment.frames;
      frames = std::max(frames, sum);
    } else if (!header.frames) {
      frames = SignalReader(files_, folder_, header, issues_).frames();
    }
    const std::uint64_t to = std::min(range.to.value_or(frames), frames);
    recording.first_frame = std::min(range.from, to);
    recording.frames = to - recording.first_frame;
    if (header.segments.empty()) return read_one(header, std::move(recording));
    return read_segments(header, std::move(recording));
  }

 private:
  Result<> check_size(const Recording& recording) const {
    std::uint64_t each = 0;
    for (const Channel& channel : recording.channels) each += channel.samples_per_frame;
    if (each == 0 || recording.frames <= limits_.max_samples / each) return {};
    return fail(ErrorCode::too_large,
                "the record has more than " + std::to_string(limits_.max_samples) + " samples: ask for fewer frames");
  }

  Result<Recording> read_one(const WfdbHeader& header, Recording recording) {
    for (const WfdbSignal& signal : header.signals) recording.channels.push_back(channel_of(signal));
    TRY(check_size(recording));
    SignalReader reader(files_, folder_, header, issues_);
    SignalReader::Samples samples = reader.read(recording.first_frame, recording.first_frame + recording.frames);
    for (std::size_t i = 0; i < samples.size(); ++i) recording.channels[i].samples = std::move(samples[i]);
    return recording;
  }

  /// A segment's header; nothing, with an issue, when it cannot be had.
  std::optional<WfdbHeader> segment_header(const WfdbSegment& segment) {
    const auto refuse = [&](const std::string& why) {
      issues_.add({Severity::error,
                   IssueType::structure,
                   faults::kBadSegment,
                   {segment.name, why},
                   name_,
                   {0, segment.line, 0}});
      return std::nullopt;
    };
    if (!is_plain_name(segment.name)) return refuse("its name is none");
    Result<WfdbHeader> found = header(segment.name);
    if (!found) return refuse(found.error().message());
    if (!found->segments.empty()) return refuse("it has segments itself");
    return *std::move(found);
  }

  Result<Recording> read_segments(const WfdbHeader& header, Recording recording) {
    // What there may be: the layout says, or the first segment that is none.
    std::optional<WfdbHeader> first;
    for (const WfdbSegment& segment : header.segments) {
      if (segment.name == "~" || first) continue;
      first = segment_header(segment);
    }
    if (!first) return recording;
    for (const WfdbSignal& signal : first->signals) recording.channels.push_back(channel_of(signal));
    TRY(check_size(recording));
    for (Channel& channel : recording.channels) {
      channel.samples.assign(recording.frames * channel.samples_per_frame, kMissing);
    }
    const std::uint64_t from = recording.first_frame;
    const std::uint64_t to = from + recording.frames;
    std::uint64_t begin = 0;
    for (const WfdbSegment& segment : header.segments) {
      const std::uint64_t end = begin + segment.frames;
      if (segment.name != "~" && segment.frames > 0 && begin < to && end > from) {
        if (const std::optional<WfdbHeader> found = segment_header(segment)) {
          add_segment(segment, *found, begin, header.has_layout(), recording);
        }
      }
      begin = end;
    }
    return recording;
  }

  void add_segment(const WfdbSegment& segment, const WfdbHeader& header, std::uint64_t begin, bool by_label,
                   Recording& recording) {
    const std::uint64_t from = std::max(recording.first_frame, begin);
    const std::uint64_t to = std::min(recording.first_frame + recording.frames, begin + segment.frames);
    SignalReader::Samples samples = SignalReader(files_, folder_, header, issues_).read(from - begin, to - begin);
    for (std::size_t i = 0; i < samples.size(); ++i) {
      const WfdbSignal& signal = header.signals[i];
      const auto is_its = [&](const Channel& channel) { return channel.label == signal.label; };
      const auto found = by_label ? std::find_if(recording.channels.begin(), recording.channels.end(), is_its)
                         : i < recording.channels.size() ? recording.channels.begin() + static_cast<std::ptrdiff_t>(i)
                                                         : recording.channels.end();
      if (found == recording.channels.end() || found->samples_per_frame != signal.samples_per_frame) {
        issues_.add({Severity::error,
                     IssueType::structure,
                     faults::kBadSegment,
                     {segment.name, "the record has no such signal: " + signal.label},
                     name_,
                     {0, segment.line, 0}});
        continue;
      }
      const std::uint64_t at = (from - recording.first_frame) * found->samples_per_frame;
      std::copy(samples[i].begin(), samples[i].end(), found->samples.begin() + static_cast<std::ptrdiff_t>(at));
      const Scale& before = found->scales.back();
      if (before.gain != signal.gain || before.baseline != signal.baseline) {
        if (before.from == at) found->scales.pop_back();
        found->scales.push_back({at, signal.gain, signal.baseline});
      }
    }
  }

  FileSystem& files_;
  const WfdbLimits& limits_;
  Issues& issues_;
  std::string folder_;
  std::string name_;
};

}  // namespace

Result<Recording> read_wfdb(FileSystem& files, const std::string& path, FrameRange range, const WfdbLimits& limits,
                            Issues& issues) {
  return RecordReader(files, path, limits, issues).read(range);
}

Result<WfdbHeader> read_wfdb_header(FileSystem& files, const std::string& path, const WfdbLimits& limits,
                                    Issues& issues) {
  return RecordReader(files, path, limits, issues).header();
}

}  // namespace meridian::signal
