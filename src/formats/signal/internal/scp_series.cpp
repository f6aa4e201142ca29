#include <algorithm>

#include "formats/signal/faults.hpp"
#include "formats/signal/internal/scp_bytes.hpp"
#include "formats/signal/internal/scp_huffman.hpp"
#include "formats/signal/internal/scp_sections.hpp"
#include "formats/signal/leads.hpp"

namespace meridian::signal::internal {
namespace {

/// Section 3: where each lead begins and ends, in samples from 1.
struct LeadSpan {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  std::uint8_t number = 0;
  std::uint64_t length() const { return last - first + 1; }
};

/// Section 4: a beat of the rhythm, and what was taken away from it.
struct Beat {
  std::uint16_t type;
  std::uint32_t first;
  std::uint32_t fiducial;
  std::uint32_t last;
};

/// Sections 5 and 6 begin alike.
struct Coding {
  std::uint16_t nanovolts = 0;     ///< of one unit of the converter
  std::uint16_t microseconds = 0;  ///< from sample to sample
  std::uint8_t differences = 0;
  bool is_bimodal = false;
  std::vector<std::string_view> leads;
};

std::string path_of(int section) {
  return "section " + std::to_string(section);
}
std::string path_of(int section, std::size_t lead) {
  return path_of(section) + ".lead[" + std::to_string(lead) + ']';
}

class SeriesReader {
 public:
  SeriesReader(const ScpFile& file, const EcgLimits& limits, Issues& issues)
      : file_(file), limits_(limits), issues_(issues) {}

  Result<std::vector<EcgSeries>> read() {
    std::vector<EcgSeries> all;
    if (!read_leads() || !read_tables()) return all;
    const std::optional<Coding> rhythm = read_coding(6);
    const std::optional<Coding> beat = read_coding(5);
    read_beats();
    std::uint64_t frames = 0;
    for (const LeadSpan& lead : leads_) frames = std::max(frames, lead.last);
    const std::uint64_t beat_frames =
        beat ? std::uint64_t{beat_milliseconds_} * 1'000 / beat->microseconds : std::uint64_t{0};
    if ((rhythm ? frames : 0) + beat_frames > limits_.max_samples / std::max<std::size_t>(1, leads_.size())) {
      return fail(ErrorCode::too_large,
                  "the recording has more than " + std::to_string(limits_.max_samples) + " samples");
    }
    std::optional<EcgSeries> reference;
    if (beat && beat_frames > 0) reference = beat_series(*beat, beat_frames);
    if (rhythm) {
      if (auto series = rhythm_series(*rhythm, frames, beat, reference)) all.push_back(std::move(*series));
    }
    if (reference) all.push_back(std::move(*reference));
    return all;
  }

 private:
  void complain(const Message& message, std::vector<std::string> arguments, std::string path,
                IssueType type = IssueType::structure) {
    issues_.add({Severity::error, type, message, std::move(arguments), std::move(path)});
  }

  /// EN 1064, 5.6
  bool read_leads() {
    ScpBytes bytes(file_.sections[3]);
    const auto count = bytes.take8();
    const auto flags = bytes.take8();
    if (!flags) {
      complain(file_.sections[3].empty() ? faults::kScpNoSection : faults::kScpCut, {}, path_of(3));
      return false;
    }
    has_subtraction_ = (*flags & 1) != 0;
    for (std::uint8_t i = 0; i < *count; ++i) {
      const auto first = bytes.take32();
      const auto last = bytes.take32();
      const auto number = bytes.take8();
      if (!number) {
        complain(faults::kScpCut, {}, path_of(3));
        return false;
      }
      if (*first == 0 || *last < *first) {
        complain(faults::kScpLead, {std::to_string(*first), std::to_string(*last)}, path_of(3, i), IssueType::value);
        return false;
      }
      leads_.push_back({*first, *last, *number});
    }
    return true;
  }

  /// EN 1064, 5.5
  bool read_tables() {
    if (file_.sections[2].empty()) return true;
    tables_ = HuffmanTables::parse(file_.sections[2]);
    if (!tables_) complain(faults::kScpTables, {}, path_of(2));
    return tables_.has_value();
  }

  /// EN 1064, 5.7
  void read_beats() {
    if (file_.sections[4].empty()) return;
    ScpBytes bytes(file_.sections[4]);
    const auto length = bytes.take16();
    const auto fiducial = bytes.take16();
    const auto count = bytes.take16();
    if (!count) return complain(faults::kScpCut, {}, path_of(4));
    beat_milliseconds_ = *length;
    beat_fiducial_ = *fiducial;
    for (std::uint16_t i = 0; i < *count; ++i) {
      const auto type = bytes.take16();
      const auto first = bytes.take32();
      const auto at = bytes.take32();
      const auto last = bytes.take32();
      if (!last) return complain(faults::kScpCut, {}, path_of(4));
      beats_.push_back({*type, *first, *at, *last});
    }
  }

  /// EN 1064, 5.8 and 5.9
  std::optional<Coding> read_coding(int section) {
    const std::string_view data = file_.sections[static_cast<std::size_t>(section)];
    if (data.empty()) return std::nullopt;
    Coding coding;
    ScpBytes bytes(data);
    const auto nanovolts = bytes.take16();
    const auto microseconds = bytes.take16();
    const auto differences = bytes.take8();
    const auto bimodal = bytes.take8();
    if (!bimodal) {
      complain(faults::kScpCut, {}, path_of(section));
      return std::nullopt;
    }
    if (*nanovolts == 0 || *microseconds == 0 || *differences > 2) {
      complain(faults::kScpCoding,
               {std::to_string(*nanovolts), std::to_string(*microseconds), std::to_string(*differences)},
               path_of(section), IssueType::value);
      return std::nullopt;
    }
    coding.nanovolts = *nanovolts;
    coding.microseconds = *microseconds;
    coding.differences = *differences;
    coding.is_bimodal = section == 6 && *bimodal != 0;
    std::vector<std::uint16_t> lengths;
    lengths.reserve(leads_.size());
    coding.leads.reserve(leads_.size());
    for (std::size_t i = 0; i < leads_.size(); ++i) lengths.push_back(bytes.take16().value_or(0));
    for (const std::uint16_t length : lengths) {
      // Of a lead that is cut what is there can be read.
      const std::size_t there = std::min<std::size_t>(length, bytes.left());
      coding.leads.push_back(*bytes.take_bytes(there));
    }
    return coding;
  }

  /// The samples of one lead; fewer where its bytes end.
  std::vector<std::int16_t> decode(std::string_view bytes, std::uint64_t count, std::uint8_t differences) const {
    std::vector<std::int16_t> numbers;
    if (tables_) {
      numbers = tables_->decode(bytes, count);
    } else {
      numbers.reserve(std::min<std::uint64_t>(count, bytes.size() / 2));
      ScpBytes words(bytes);
      while (numbers.size() < count && words.left() >= 2) {
        numbers.push_back(static_cast<std::int16_t>(*words.take16()));
      }
    }
    // Modulo 2^16: differences of large samples overflow, and come back.
    if (differences == 1) {
      for (std::size_t i = 1; i < numbers.size(); ++i) {
        numbers[i] = static_cast<std::int16_t>(numbers[i] + numbers[i - 1]);
      }
    } else if (differences == 2) {
      for (std::size_t i = 2; i < numbers.size(); ++i) {
        numbers[i] = static_cast<std::int16_t>(numbers[i] + 2 * numbers[i - 1] - numbers[i - 2]);
      }
    }
    return numbers;
  }

  Channel channel_of(std::uint8_t number, std::uint16_t nanovolts, std::uint64_t frames) const {
    Channel channel;
    if (const Lead* lead = lead_by_number(number)) {
      channel.label = lead->label;
      channel.code = lead->code;
    } else {
      channel.label = "lead " + std::to_string(number);
    }
    channel.unit = "uV";
    channel.resolution_bits = 16;
    channel.scales = {{0, 1'000.0 / nanovolts, 0}};
    channel.samples.assign(frames, kMissing);
    return channel;
  }

  EcgSeries start_of(EcgSeries::Kind kind, const Coding& coding, std::uint64_t frames) const {
    EcgSeries series;
    series.kind = kind;
    series.recording.name = kind == EcgSeries::Kind::rhythm ? "rhythm" : "reference beat";
    series.recording.frames_per_second = 1e6 / coding.microseconds;
    series.recording.frames = frames;
    return series;
  }

  EcgSeries beat_series(const Coding& coding, std::uint64_t frames) {
    EcgSeries series = start_of(EcgSeries::Kind::beat, coding, frames);
    for (std::size_t i = 0; i < leads_.size(); ++i) {
      Channel channel = channel_of(leads_[i].number, coding.nanovolts, frames);
      const auto numbers = decode(coding.leads[i], frames, coding.differences);
      std::copy(numbers.begin(), numbers.end(), channel.samples.begin());
      check_length(numbers.size(), frames, path_of(5, i));
      series.recording.channels.push_back(std::move(channel));
    }
    return series;
  }

  std::optional<EcgSeries> rhythm_series(const Coding& coding, std::uint64_t frames, const std::optional<Coding>& beat,
                                         const std::optional<EcgSeries>& reference) {
    if (coding.is_bimodal) {
      complain(faults::kScpBimodal, {}, path_of(6), IssueType::not_supported);
      return std::nullopt;
    }
    if (has_subtraction_ && !beats_.empty()) {
      // The beat comes in units of its own; only whole multiples of the rhythm's can be added exactly.
      if (!beat || !reference || beat->microseconds != coding.microseconds || beat->nanovolts % coding.nanovolts != 0) {
        complain(faults::kScpSubtraction, {}, path_of(6), IssueType::not_supported);
        return std::nullopt;
      }
    }
    EcgSeries series = start_of(EcgSeries::Kind::rhythm, coding, frames);
    for (std::size_t i = 0; i < leads_.size(); ++i) {
      const LeadSpan& lead = leads_[i];
      Channel channel = channel_of(lead.number, coding.nanovolts, frames);
      const auto numbers = decode(coding.leads[i], lead.length(), coding.differences);
      std::copy(numbers.begin(), numbers.end(), channel.samples.begin() + static_cast<std::ptrdiff_t>(lead.first - 1));
      check_length(numbers.size(), lead.length(), path_of(6, i));
      if (has_subtraction_ && reference) {
        add_beats(reference->recording.channels[i], beat->nanovolts / coding.nanovolts, channel);
      }
      series.recording.channels.push_back(std::move(channel));
    }
    return series;
  }

  /// Gives back what was subtracted: the reference beat, fiducial point upon fiducial point, in each beat of its type.
  void add_beats(const Channel& beat, std::int32_t factor, Channel& channel) {
    std::uint64_t work = std::uint64_t{4} * channel.samples.size();  // stretches that overlap are bounded
    for (const Beat& one : beats_) {
      if (one.type != 0 || one.first == 0) continue;
      // Both count samples from 1.
      std::int64_t of_beat = std::int64_t{beat_fiducial_} - one.fiducial + one.first - 1;
      for (std::uint64_t at = one.first; at <= one.last && at <= channel.samples.size(); ++at, ++of_beat) {
        if (work == 0) return;
        --work;
        if (of_beat >= static_cast<std::int64_t>(beat.samples.size())) break;
        if (of_beat < 0) continue;
        std::int32_t& sample = channel.samples[at - 1];
        const std::int32_t part = beat.samples[static_cast<std::size_t>(of_beat)];
        if (sample != kMissing && part != kMissing) sample = static_cast<std::int16_t>(sample + part * factor);
      }
    }
  }

  void check_length(std::size_t got, std::uint64_t wanted, std::string path) {
    if (got < wanted) complain(faults::kScpShort, {std::to_string(got), std::to_string(wanted)}, std::move(path));
  }

  const ScpFile& file_;
  const EcgLimits& limits_;
  Issues& issues_;
  std::vector<LeadSpan> leads_;
  std::optional<HuffmanTables> tables_;
  bool has_subtraction_ = false;
  std::uint16_t beat_milliseconds_ = 0;
  std::uint16_t beat_fiducial_ = 0;
  std::vector<Beat> beats_;
};

}  // namespace

Result<std::vector<EcgSeries>> read_scp_series(const ScpFile& file, const EcgLimits& limits, Issues& issues) {
  return SeriesReader(file, limits, issues).read();
}

}  // namespace meridian::signal::internal
