#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "base/file_system.hpp"
#include "formats/signal/wfdb.hpp"
#include "formats/signal/wfdb_annotations.hpp"

namespace meridian::app {
namespace {

using signal::Channel;
using signal::Recording;

constexpr std::uint64_t kWindowSamples = 1'000'000;  // read and told at a time
constexpr std::size_t kMaxAnnotations = 50'000'000;
constexpr std::size_t kMaxAnnotationBytes = std::size_t{1} << 30;

/// What is told of a channel.
struct Summary {
  Channel channel;  // without samples
  std::uint64_t samples = 0;
  std::uint64_t missing = 0;
  double least = std::nan("");
  double greatest = std::nan("");

  void add(const Channel& part) {
    samples += part.samples.size();
    for (std::size_t i = 0; i < part.samples.size(); ++i) {
      const double value = part.value(i);
      if (std::isnan(value)) {
        ++missing;
        continue;
      }
      least = std::fmin(least, value);
      greatest = std::fmax(greatest, value);
    }
  }
};

std::uint64_t window_frames(const Recording& recording) {
  std::uint64_t each = 1;
  for (const Channel& channel : recording.channels) each += channel.samples_per_frame;
  return std::max<std::uint64_t>(1, kWindowSamples / each);
}

/// Calls back with one stretch of the record after another, so that hours of a monitor need no more memory than a
/// minute.
template <typename Take>
Result<> walk(const std::string& file, signal::FrameRange range, Issues& issues, Take take) {
  // What the record is made of, without any of its samples.
  Issues same;  // as of the first stretch
  const Result<Recording> none = signal::read_wfdb(system_files(), file, {range.from, range.from}, {}, same);
  if (!none) {
    issues.add_all(std::move(same));
    return fail(none.error());
  }
  const std::uint64_t step = window_frames(*none);
  std::uint64_t at = range.from;
  for (bool is_first = true;; is_first = false) {
    Issues again;
    const std::uint64_t to = range.to ? std::min(*range.to, at + step) : at + step;
    const Recording part = TRY(signal::read_wfdb(system_files(), file, {at, to}, {}, again));
    // A fault of the header is found again with every stretch.
    if (is_first) issues.add_all(std::move(again));
    if (part.frames > 0 || is_first) take(part);
    at += part.frames;
    if (part.frames < step) return {};
  }
}

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4g}", value);
}

std::string json_number(double value) {
  return std::isnan(value) ? "null" : fmt::format("{:.9g}", value);
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20) out += c;
  }
  return out + '"';
}

void tell(const std::string& file, const Recording& recording, std::uint64_t frames,
          const std::vector<Summary>& channels, OutputFormat format, Output& output) {
  const double seconds = static_cast<double>(frames) / recording.frames_per_second;
  const std::string start = recording.start ? signal::to_string(*recording.start) : std::string();
  if (format == OutputFormat::json) {
    std::string out =
        fmt::format(R"({{"file":{},"record":{},"framesPerSecond":{:.9g},"frames":{},"seconds":{:.9g},)",
                    json_text(file), json_text(recording.name), recording.frames_per_second, frames, seconds);
    if (!start.empty()) out += fmt::format(R"("start":{},)", json_text(start));
    out += R"("channels":[)";
    for (std::size_t i = 0; i < channels.size(); ++i) {
      const Summary& of = channels[i];
      out += fmt::format(
          R"({}{{"label":{},"unit":{},"samplesPerFrame":{},"gain":{:.9g},"baseline":{},"missing":{},"least":{},"greatest":{}}})",
          i == 0 ? "" : ",", json_text(of.channel.label), json_text(of.channel.unit), of.channel.samples_per_frame,
          of.channel.scales[0].gain, of.channel.scales[0].baseline, of.missing, json_number(of.least),
          json_number(of.greatest));
    }
    output.line(out + "]}");
    return;
  }
  output.line(fmt::format("{}: WFDB record {}, {} channel{}, {:.6g} frames a second, {:.6g} s{}", file, recording.name,
                          channels.size(), channels.size() == 1 ? "" : "s", recording.frames_per_second, seconds,
                          start.empty() ? "" : ", from " + start));
  for (const Summary& of : channels) {
    const double share =
        of.samples == 0 ? 0 : 100.0 * static_cast<double>(of.missing) / static_cast<double>(of.samples);
    output.line(fmt::format("  {:<12} {} to {} {}, {:.6g} samples a second{}", of.channel.label, number(of.least),
                            number(of.greatest), of.channel.unit,
                            recording.frames_per_second * of.channel.samples_per_frame,
                            of.missing == 0 ? "" : fmt::format(", {:.3g} % missing", share)));
  }
  for (const std::string& comment : recording.comments) output.line("  # " + comment);
}

Result<> info(const std::string& file, const SignalOptions& options, Issues& issues, Output& output) {
  Recording about;
  std::uint64_t frames = 0;
  std::vector<Summary> channels;
  TRY(walk(file, {}, issues, [&](const Recording& part) {
    if (channels.empty()) {
      about = part;
      for (Channel& channel : about.channels) channel.samples.clear();
      for (const Channel& channel : about.channels) channels.push_back({channel});
    }
    frames += part.frames;
    for (std::size_t i = 0; i < channels.size() && i < part.channels.size(); ++i) channels[i].add(part.channels[i]);
  }));
  tell(file, about, frames, channels, options.format, output);
  return {};
}

Result<> samples(const std::string& file, const SignalOptions& options, Issues& issues, Output& output) {
  signal::FrameRange range{options.from, {}};
  if (options.to != UINT64_MAX) range.to = std::max(options.to, options.from);
  bool has_head = false;
  return walk(file, range, issues, [&](const Recording& part) {
    std::string out;
    if (!has_head) {
      out = "frame";
      for (const Channel& channel : part.channels) out += '\t' + channel.label;
      out += '\n';
      has_head = true;
    }
    std::vector<Channel> channels = part.channels;
    for (Channel& channel : channels) {
      for (signal::Scale& scale : channel.scales) scale.from /= channel.samples_per_frame;
      channel.samples = frame_means(channel);
    }
    for (std::uint64_t frame = 0; frame < part.frames; ++frame) {
      out += std::to_string(part.first_frame + frame);
      for (const Channel& channel : channels) {
        out += '\t';
        if (channel.samples[frame] == signal::kMissing) {
          out += '-';
        } else if (options.physical) {
          fmt::format_to(std::back_inserter(out), "{:.8f}", channel.value(frame));
        } else {
          fmt::format_to(std::back_inserter(out), "{}", channel.samples[frame]);
        }
      }
      out += '\n';
    }
    output.write(out);
  });
}

Result<> annotations(const std::string& file, Issues& issues, Output& output) {
  const std::string bytes = TRY(read_whole_file(system_files(), file, kMaxAnnotationBytes));
  const signal::Annotations read = signal::read_annotations(bytes, kMaxAnnotations, issues);
  std::string out = "sample\ttype\tsubtype\tchannel\tnumber\tnote\n";
  for (const signal::Annotation& annotation : read.all) {
    const auto own = std::find_if(read.codes.begin(), read.codes.end(),
                                  [&](const signal::AnnotationCode& code) { return code.code == annotation.code; });
    std::string note = annotation.note;
    std::replace_if(note.begin(), note.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
    fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t{}\t{}\t{}\n", annotation.sample,
                   own != read.codes.end() ? own->mnemonic : signal::mnemonic(annotation.code), annotation.subtype,
                   annotation.channel, annotation.number, note);
  }
  output.write(out);
  return {};
}

}  // namespace

int run_signal(const SignalOptions& options, const CommonOptions& common) {
  Output output;
  int exit_code = kOk;
  for (const std::string& file : options.files) {
    Issues issues;
    Result<> done;
    switch (options.action) {
      case SignalOptions::Action::info:
        done = info(file, options, issues, output);
        break;
      case SignalOptions::Action::samples:
        done = samples(file, options, issues, output);
        break;
      case SignalOptions::Action::annotations:
        done = annotations(file, issues, output);
        break;
    }
    complain_of(file, issues, common.language);
    if (issues.has_errors()) exit_code = std::max<int>(exit_code, kFound);
    if (!done) {
      complain_of(file, done.error());
      exit_code = kFailed;
    }
  }
  if (const Result<> out = output.finish(); !out) {
    complain(out.error().message());
    return kFailed;
  }
  return exit_code;
}

}  // namespace meridian::app
