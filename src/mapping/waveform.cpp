#include "mapping/waveform.hpp"

#include <algorithm>
#include <cmath>

#include "base/bytes.hpp"
#include "formats/dicom/values.hpp"
#include "mapping/internal/text_rules.hpp"
#include "mapping/messages.hpp"

namespace meridian::mapping {
namespace {

using dicom::DataSet;
using dicom::Element;
using dicom::Tag;
using signal::Channel;
using signal::Recording;

constexpr Tag kWaveforms{0x5400, 0x0100};
constexpr Tag kChannels{0x003A, 0x0005};
constexpr Tag kSamples{0x003A, 0x0010};
constexpr Tag kFrequency{0x003A, 0x001A};
constexpr Tag kGroupLabel{0x003A, 0x0020};
constexpr Tag kDefinitions{0x003A, 0x0200};
constexpr Tag kSource{0x003A, 0x0208};
constexpr Tag kBits{0x5400, 0x1004};
constexpr Tag kInterpretation{0x5400, 0x1006};
constexpr Tag kPadding{0x5400, 0x100A};
constexpr Tag kData{0x5400, 0x1010};

/// ITU-T G.711.
std::int32_t expand_mu_law(std::uint8_t byte) {
  const auto code = static_cast<std::uint8_t>(~byte);
  const std::int32_t magnitude = ((((code & 0x0F) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84;
  return (code & 0x80) != 0 ? -magnitude : magnitude;
}
std::int32_t expand_a_law(std::uint8_t byte) {
  const auto code = static_cast<std::uint8_t>(byte ^ 0x55);
  const int segment = (code & 0x70) >> 4;
  std::int32_t magnitude = (code & 0x0F) << 4;
  magnitude = segment == 0 ? magnitude + 8 : (magnitude + 0x108) << (segment - 1);
  return (code & 0x80) != 0 ? magnitude : -magnitude;
}

enum class Sample : std::uint8_t { signed_8, unsigned_8, signed_16, unsigned_16, mu_law, a_law };

std::optional<Sample> sample_of(const DataSet& group) {
  const std::string name = dicom::text(group, kInterpretation);
  const auto bits = dicom::integer(group, kBits);
  if (bits == 8 && name == "SB") return Sample::signed_8;
  if (bits == 8 && name == "UB") return Sample::unsigned_8;
  if (bits == 8 && name == "MB") return Sample::mu_law;
  if (bits == 8 && name == "AB") return Sample::a_law;
  if (bits == 16 && name == "SS") return Sample::signed_16;
  if (bits == 16 && name == "US") return Sample::unsigned_16;
  return std::nullopt;
}

bool is_wide(Sample sample) {
  return sample == Sample::signed_16 || sample == Sample::unsigned_16;
}

class Samples {
 public:
  Samples(const DataSet& group, const Element& data, Sample sample)
      : bytes_(data.value),
        sample_(sample),
        is_swapped_(group.order == dicom::ByteOrder::big && data.vr == dicom::Vr::ow) {}

  std::uint64_t size() const { return bytes_.size() / (is_wide(sample_) ? 2 : 1); }

  std::int32_t at(std::uint64_t index) const {
    if (is_wide(sample_)) {
      const char* from = bytes_.data() + 2 * index;
      const std::uint16_t word = is_swapped_ ? load_big<std::uint16_t>(from) : load_little<std::uint16_t>(from);
      return sample_ == Sample::signed_16 ? static_cast<std::int16_t>(word) : word;
    }
    // Bytes in words of big endian are swapped in pairs.
    const std::uint64_t place = is_swapped_ ? index ^ 1 : index;
    const auto byte = static_cast<std::uint8_t>(bytes_[std::min<std::uint64_t>(place, bytes_.size() - 1)]);
    switch (sample_) {
      case Sample::signed_8:
        return static_cast<std::int8_t>(byte);
      case Sample::mu_law:
        return expand_mu_law(byte);
      case Sample::a_law:
        return expand_a_law(byte);
      default:
        return byte;
    }
  }

 private:
  std::string_view bytes_;
  Sample sample_;
  bool is_swapped_;
};

double number_of(const DataSet& set, Tag tag, double otherwise) {
  const std::vector<double> all = dicom::numbers(set, tag);
  return all.empty() || !std::isfinite(all[0]) ? otherwise : all[0];
}

/// What a channel measures, and how its numbers become values: (sample · sensitivity · correction) + baseline.
void describe(const DataSet& definition, Channel& channel) {
  std::string source;
  for (const DataSet& code : dicom::items(definition, kSource)) {
    source = dicom::text(code, Tag(0x0008, 0x0104));
    if (source.empty()) source = dicom::text(code, Tag(0x0008, 0x0100));
    break;
  }
  channel.label = dicom::text(definition, Tag(0x003A, 0x0203));
  if (channel.label.empty()) channel.label = std::move(source);
  channel.label = internal::clean(channel.label);
  channel.unit.clear();
  for (const DataSet& code : dicom::items(definition, Tag(0x003A, 0x0211))) {
    channel.unit = internal::clean(dicom::text(code, Tag(0x0008, 0x0100)));
    break;
  }
  if (const auto bits = dicom::integer(definition, Tag(0x003A, 0x021A))) {
    channel.resolution_bits = static_cast<int>(std::clamp<std::int64_t>(*bits, 1, 32));
  }
  const double step = number_of(definition, Tag(0x003A, 0x0210), 1) * number_of(definition, Tag(0x003A, 0x0212), 1);
  const double baseline = number_of(definition, Tag(0x003A, 0x0213), 0);
  signal::Scale scale{0, step == 0 ? 1 : 1 / step, 0};
  const double zero = std::clamp(-baseline * scale.gain, -2e9, 2e9);
  scale.baseline = static_cast<std::int32_t>(std::lround(zero));
  channel.scales = {scale};
}

/// When it was taken, on a clock without a zone.
std::optional<signal::LocalStart> start_of(const DataSet& set) {
  auto when = dicom::date_time(set, Tag(0x0008, 0x002A));
  if (!when) when = dicom::date_time(set, Tag(0x0008, 0x0022), Tag(0x0008, 0x0032));
  if (!when || !when->has_time()) return std::nullopt;
  const Time& time = when->time();
  const std::int64_t seconds = (std::int64_t{time.hour()} * 60 + time.minute()) * 60 + time.second();
  return signal::LocalStart{when->date().year(), when->date().month(), when->date().day(),
                            static_cast<std::uint32_t>(seconds * 1000 + time.microsecond() / 1000)};
}

std::optional<Recording> recording_of(const DataSet& set, const DataSet& group, std::uint64_t& left) {
  const auto channels = dicom::integer(group, kChannels);
  const auto frames = dicom::integer(group, kSamples);
  const double frequency = number_of(group, kFrequency, 0);
  const auto sample = sample_of(group);
  const Element* data = group.find(kData);
  if (!channels || !frames || !sample || data == nullptr || *channels < 1 || *frames < 0 || !(frequency > 0)) {
    return std::nullopt;
  }
  const auto width = static_cast<std::uint64_t>(*channels);
  const auto length = static_cast<std::uint64_t>(*frames);
  const Samples samples(group, *data, *sample);
  if (length > samples.size() / width || width * length > left) return std::nullopt;
  left -= width * length;
  std::optional<std::int32_t> padding;
  if (const Element* value = group.find(kPadding);
      value != nullptr && value->value.size() >= (is_wide(*sample) ? 2 : 1)) {
    padding = Samples(group, *value, *sample).at(0);
  }
  Recording recording;
  recording.name = internal::clean(dicom::text(group, kGroupLabel));
  recording.frames_per_second = frequency;
  recording.start = start_of(set);
  recording.frames = length;
  const auto definitions = dicom::items(group, kDefinitions);
  for (std::uint64_t c = 0; c < width; ++c) {
    Channel channel;
    channel.resolution_bits = is_wide(*sample) ? 16 : 8;
    if (c < definitions.size()) describe(definitions[c], channel);
    channel.samples.reserve(length);
    for (std::uint64_t i = 0; i < length; ++i) {
      const std::int32_t value = samples.at(i * width + c);
      channel.samples.push_back(padding == value ? signal::kMissing : value);
    }
    recording.channels.push_back(std::move(channel));
  }
  return recording;
}

}  // namespace

std::vector<Recording> recordings_of(const DataSet& set, std::uint64_t max_samples, Issues& issues) {
  std::vector<Recording> out;
  const auto groups = dicom::items(set, kWaveforms);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    auto recording = recording_of(set, groups[i], max_samples);
    if (recording) {
      out.push_back(std::move(*recording));
    } else {
      const std::string path = dicom::to_string(kWaveforms) + '[' + std::to_string(i) + ']';
      issues.add({Severity::error, IssueType::value, kBadWaveform, {}, path});
    }
  }
  return out;
}

}  // namespace meridian::mapping
