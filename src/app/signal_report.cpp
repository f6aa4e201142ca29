#include "app/signal_report.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/report.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::app {
namespace {

using fhir::JsonWriter;
using signal::Channel;
using signal::Ecg;
using signal::EcgSeries;
using signal::Recording;

std::string number(double value) {
  return std::isnan(value) ? "-" : fmt::format("{:.4g}", value);
}

void write_number(JsonWriter& json, const char* key, double value) {
  json.key(key);
  if (std::isfinite(value)) {
    json.number(fmt::format("{:.9g}", value));
  } else {
    json.null();
  }
}
void write_text(JsonWriter& json, const char* key, const std::string& text) {
  if (!text.empty()) json.key(key).string(text);
}

double seconds_of(const Recording& recording, std::uint64_t frames) {
  return static_cast<double>(frames) / recording.frames_per_second;
}

void write_recording(JsonWriter& json, const Recording& recording, std::uint64_t frames,
                     const std::vector<ChannelSummary>& channels) {
  json.key("record").string(recording.name);
  write_number(json, "framesPerSecond", recording.frames_per_second);
  json.key("frames").number(static_cast<std::int64_t>(frames));
  write_number(json, "seconds", seconds_of(recording, frames));
  if (recording.start) json.key("start").string(signal::to_string(*recording.start));
  json.key("channels").begin_array();
  for (const ChannelSummary& of : channels) {
    json.begin_object().key("label").string(of.channel.label);
    write_text(json, "code", of.channel.code);
    json.key("unit").string(of.channel.unit);
    json.key("samplesPerFrame").number(std::int64_t{of.channel.samples_per_frame});
    write_number(json, "gain", of.channel.scales[0].gain);
    json.key("baseline").number(std::int64_t{of.channel.scales[0].baseline});
    json.key("missing").number(static_cast<std::int64_t>(of.missing));
    write_number(json, "least", of.least);
    write_number(json, "greatest", of.greatest);
    json.end_object();
  }
  json.end_array();
}

std::string recording_text(std::string_view what, const Recording& recording, std::uint64_t frames,
                           const std::vector<ChannelSummary>& channels) {
  const std::string start = recording.start ? ", from " + signal::to_string(*recording.start) : std::string();
  std::string out =
      fmt::format("{}, {}, {:.6g} frames a second, {:.6g} s{}\n", what, counted(channels.size(), "channel"),
                  recording.frames_per_second, seconds_of(recording, frames), start);
  for (const ChannelSummary& of : channels) {
    const double share =
        of.samples == 0 ? 0 : 100.0 * static_cast<double>(of.missing) / static_cast<double>(of.samples);
    out += fmt::format("  {:<12} {} to {} {}, {:.6g} samples a second{}\n", of.channel.label, number(of.least),
                       number(of.greatest), of.channel.unit, recording.frames_per_second * of.channel.samples_per_frame,
                       of.missing == 0 ? "" : fmt::format(", {:.3g} % missing", share));
  }
  return out;
}

std::vector<ChannelSummary> summaries_of(const Recording& recording) {
  std::vector<ChannelSummary> all;
  for (const Channel& channel : recording.channels) {
    ChannelSummary summary;
    summary.channel = channel;
    summary.channel.samples.clear();
    summary.add(channel);
    all.push_back(std::move(summary));
  }
  return all;
}

const char* sex_word(signal::Sex sex) {
  return sex == signal::Sex::male     ? "male"
         : sex == signal::Sex::female ? "female"
         : sex == signal::Sex::other  ? "other"
                                      : "";
}

std::string joined(std::initializer_list<std::string> words) {
  std::string out;
  for (const std::string& word : words) {
    if (word.empty()) continue;
    if (!out.empty()) out += ", ";
    out += word;
  }
  return out;
}

std::string full_name(const signal::EcgSubject& subject) {
  return subject.given.empty() ? subject.family : subject.family + ' ' + subject.given;
}

/// As a line has it: without what would end it, or move the terminal's cursor.
std::string plain(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return text;
}

std::string text_report(const std::string& file, std::string_view kind, const Ecg& ecg) {
  std::string out;
  const auto fact = [&](const char* label, const std::string& words) {
    if (!words.empty()) out += fmt::format("  {:<12} {}\n", label, plain(words));
  };
  bool is_first = true;
  for (const EcgSeries& series : ecg.series) {
    const std::string name = plain(series.recording.name);
    const std::string what = is_first ? fmt::format("{}: {} {}", file, kind, name) : fmt::format("  {}", name);
    out += recording_text(what, series.recording, series.recording.frames, summaries_of(series.recording));
    for (const auto& of : series.measurements) {
      fact(of.code.c_str(), fmt::format("{:.6g} {}{}{}", of.value, of.unit, of.lead.empty() ? "" : " in ", of.lead));
    }
    if (!series.marks.empty()) fact("marks", fmt::format("{}", series.marks.size()));
    for (const std::string& comment : series.recording.comments) out += "  # " + plain(comment) + '\n';
    is_first = false;
  }
  if (is_first) out += fmt::format("{}: {} without samples\n", file, kind);
  const signal::EcgSubject& subject = ecg.subject;
  fact("patient", joined({subject.id, full_name(subject), sex_word(subject.sex), subject.birth_date}));
  fact("device", joined({ecg.device.manufacturer, ecg.device.model, ecg.device.serial, ecg.device.software}));
  for (const std::string& statement : ecg.statements) fact("says", statement);
  return out;
}

std::string json_report(const std::string& file, std::string_view kind, const Ecg& ecg) {
  JsonWriter json;
  json.begin_object().key("file").string(file).key("format").string(kind);
  write_text(json, "id", ecg.id);
  const signal::EcgSubject& subject = ecg.subject;
  json.key("patient").begin_object();
  write_text(json, "id", subject.id);
  write_text(json, "authority", subject.authority);
  write_text(json, "name", full_name(subject));
  write_text(json, "sex", sex_word(subject.sex));
  write_text(json, "birthDate", subject.birth_date);
  json.end_object().key("device").begin_object();
  write_text(json, "manufacturer", ecg.device.manufacturer);
  write_text(json, "model", ecg.device.model);
  write_text(json, "serial", ecg.device.serial);
  write_text(json, "software", ecg.device.software);
  json.end_object().key("series").begin_array();
  for (const EcgSeries& series : ecg.series) {
    json.begin_object().key("kind").string(series.kind == EcgSeries::Kind::rhythm ? "rhythm" : "beat");
    write_recording(json, series.recording, series.recording.frames, summaries_of(series.recording));
    json.key("measurements").begin_array();
    for (const auto& of : series.measurements) {
      json.begin_object().key("code").string(of.code);
      write_number(json, "value", of.value);
      write_text(json, "unit", of.unit);
      write_text(json, "lead", of.lead);
      json.end_object();
    }
    json.end_array().key("marks").number(static_cast<std::int64_t>(series.marks.size())).end_object();
  }
  json.end_array().key("statements").begin_array();
  for (const std::string& statement : ecg.statements) json.string(statement);
  json.end_array().end_object();
  return std::move(json).take() + '\n';
}

}  // namespace

void ChannelSummary::add(const Channel& part) {
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

std::string recording_report(const std::string& file, std::string_view kind, const Recording& recording,
                             std::uint64_t frames, const std::vector<ChannelSummary>& channels, OutputFormat format) {
  if (format == OutputFormat::json) {
    JsonWriter json;
    json.begin_object().key("file").string(file);
    write_recording(json, recording, frames, channels);
    json.end_object();
    return std::move(json).take() + '\n';
  }
  std::string out = recording_text(fmt::format("{}: {} {}", file, kind, recording.name), recording, frames, channels);
  for (const std::string& comment : recording.comments) out += "  # " + comment + '\n';
  return out;
}

std::string ecg_report(const std::string& file, signal::EcgFormat kind, const Ecg& ecg, OutputFormat format) {
  const std::string_view name = kind == signal::EcgFormat::scp ? "SCP-ECG" : "annotated ECG";
  return format == OutputFormat::json ? json_report(file, name, ecg) : text_report(file, name, ecg);
}

std::string ecg_findings(const Ecg& ecg) {
  std::string out = "series\tcode\tlead\tfrom ms\tto ms\tvalue\tunit\n";
  for (std::size_t i = 0; i < ecg.series.size(); ++i) {
    for (const signal::EcgMark& mark : ecg.series[i].marks) {
      fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t{}\t{}\t\t\n", i, plain(mark.code), plain(mark.lead),
                     std::isnan(mark.from_ms) ? "" : fmt::format("{:.9g}", mark.from_ms),
                     std::isnan(mark.to_ms) ? "" : fmt::format("{:.9g}", mark.to_ms));
    }
    for (const signal::EcgMeasurement& of : ecg.series[i].measurements) {
      fmt::format_to(std::back_inserter(out), "{}\t{}\t{}\t\t\t{:.9g}\t{}\n", i, plain(of.code), plain(of.lead),
                     of.value, plain(of.unit));
    }
  }
  return out;
}

}  // namespace meridian::app
