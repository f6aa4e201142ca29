#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "app/commands.hpp"
#include "app/open_key.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "app/signal_report.hpp"
#include "base/file_system.hpp"
#include "base/input.hpp"
#include "formats/signal/ecg.hpp"
#include "formats/signal/wfdb.hpp"
#include "formats/signal/wfdb_annotations.hpp"
#include "mapping/ecg.hpp"

namespace meridian::app {
namespace {

using signal::Channel;
using signal::Recording;

constexpr std::uint64_t kWindowSamples = 1'000'000;  // read and told at a time
constexpr std::size_t kMaxAnnotations = 50'000'000;
constexpr std::size_t kMaxAnnotationBytes = std::size_t{1} << 30;

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

/// A file that tells by its content that it is an electrocardiogram; otherwise it is a WFDB record's.
struct EcgFile {
  signal::EcgFormat format = signal::EcgFormat::none;
  std::string bytes;
};
Result<EcgFile> open_ecg(const std::string& file) {
  constexpr std::size_t kHead = 4'096;
  EcgFile found;
  const auto source = open_input(file);
  if (!source) return found;  // records are named without `.hea`, too
  std::string head(kHead, '\0');
  std::size_t size = 0;
  while (size < kHead) {
    const Result<std::size_t> got = (*source)->read({head.data() + size, kHead - size});
    if (!got) return found;  // a folder of that name
    if (*got == 0) break;
    size += *got;
  }
  head.resize(size);
  found.format = signal::recognise(head);
  if (found.format == signal::EcgFormat::none) return found;
  found.bytes = std::move(head) + TRY(read_all(**source, signal::EcgLimits{}.max_bytes));
  return found;
}

Result<> info(const std::string& file, const SignalOptions& options, Issues& issues, Output& output) {
  const EcgFile opened = TRY(open_ecg(file));
  if (opened.format != signal::EcgFormat::none) {
    const signal::Ecg ecg = TRY(signal::read_ecg(opened.bytes, {}, issues));
    output.write(ecg_report(file, opened.format, ecg, options.format));
    return {};
  }
  Recording about;
  std::uint64_t frames = 0;
  std::vector<ChannelSummary> channels;
  TRY(walk(file, {}, issues, [&](const Recording& part) {
    if (channels.empty()) {
      about = part;
      for (Channel& channel : about.channels) channel.samples.clear();
      for (const Channel& channel : about.channels) channels.emplace_back().channel = channel;
    }
    frames += part.frames;
    for (std::size_t i = 0; i < channels.size() && i < part.channels.size(); ++i) channels[i].add(part.channels[i]);
  }));
  output.write(recording_report(file, "WFDB record", about, frames, channels, options.format));
  return {};
}

signal::FrameRange range_of(const SignalOptions& options) {
  signal::FrameRange range{options.from, {}};
  if (options.to != UINT64_MAX) range.to = std::max(options.to, options.from);
  return range;
}

/// The frames that are asked for, of what lies in memory.
void cut(Recording& recording, const signal::FrameRange& range) {
  const std::uint64_t to = std::min(range.to.value_or(recording.frames), recording.frames);
  const std::uint64_t from = std::min(range.from, to);
  for (Channel& channel : recording.channels) {
    const auto at = [&](std::uint64_t frame) {
      return channel.samples.begin() + static_cast<std::ptrdiff_t>(frame * channel.samples_per_frame);
    };
    channel.samples = std::vector<std::int32_t>(at(from), at(to));
  }
  recording.first_frame = from;
  recording.frames = to - from;
}

/// A rhythm's samples; of several the first.
Result<Recording> rhythm_of(signal::Ecg ecg) {
  for (signal::EcgSeries& series : ecg.series) {
    if (series.kind == signal::EcgSeries::Kind::rhythm) return std::move(series.recording);
  }
  return fail(ErrorCode::not_found, "there is no rhythm in it");
}

void print_samples(const Recording& part, const SignalOptions& options, bool has_head, Output& output) {
  std::string out;
  if (!has_head) {
    out = "frame";
    for (const Channel& channel : part.channels) out += '\t' + channel.label;
    out += '\n';
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
}

Result<> samples(const std::string& file, const SignalOptions& options, Issues& issues, Output& output) {
  const EcgFile opened = TRY(open_ecg(file));
  if (opened.format != signal::EcgFormat::none) {
    Recording recording = TRY(rhythm_of(TRY(signal::read_ecg(opened.bytes, {}, issues))));
    cut(recording, range_of(options));
    print_samples(recording, options, false, output);
    return {};
  }
  bool has_head = false;
  return walk(file, range_of(options), issues, [&](const Recording& part) {
    print_samples(part, options, has_head, output);
    has_head = true;
  });
}

Result<> to_fhir(const std::string& file, const SignalOptions& options, Issues& issues, Output& output) {
  mapping::EcgContext context;
  context.tenant_key = kOpenKey;
  context.zone = TRY(TimeZone::find(options.zone));
  const EcgFile opened = TRY(open_ecg(file));
  signal::Ecg ecg;
  if (opened.format != signal::EcgFormat::none) {
    ecg = TRY(signal::read_ecg(opened.bytes, {}, issues));
    for (signal::EcgSeries& series : ecg.series) {
      if (series.kind == signal::EcgSeries::Kind::rhythm) cut(series.recording, range_of(options));
    }
  } else {
    signal::WfdbLimits limits;
    limits.max_samples = context.max_samples;
    ecg.series.emplace_back().recording =
        TRY(signal::read_wfdb(system_files(), file, range_of(options), limits, issues));
  }
  const std::vector<std::string> resources = TRY(mapping::resources_of(ecg, context));
  if (options.as == MappingOptions::As::bundle) {
    output.line(mapping::bundle_of(resources));
  } else {
    for (const std::string& resource : resources) output.line(resource);
  }
  return {};
}

Result<> annotations(const std::string& file, Issues& issues, Output& output) {
  const EcgFile opened = TRY(open_ecg(file));
  if (opened.format != signal::EcgFormat::none) {
    output.write(ecg_findings(TRY(signal::read_ecg(opened.bytes, {}, issues))));
    return {};
  }
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
      case SignalOptions::Action::to_fhir:
        done = to_fhir(file, options, issues, output);
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
