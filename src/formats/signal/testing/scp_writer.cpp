#include "formats/signal/testing/scp_writer.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "base/bytes.hpp"
#include "formats/signal/leads.hpp"

namespace meridian::signal::testing {
namespace {

constexpr std::size_t kFileHeader = 6;
constexpr std::size_t kSectionHeader = 16;
constexpr unsigned kSections = 12;

/// Bit by bit, as the standard's annex has it: apart from what the reader does.
std::uint16_t checksum(std::string_view bytes) {
  std::uint32_t crc = 0xFFFF;
  for (const char c : bytes) {
    for (int bit = 7; bit >= 0; --bit) {
      const std::uint32_t in = (static_cast<std::uint8_t>(c) >> bit) & 1U;
      const std::uint32_t out = (crc >> 15) & 1U;
      crc = (crc << 1) & 0xFFFF;
      if (in != out) crc ^= 0x1021;
    }
  }
  return static_cast<std::uint16_t>(crc);
}

void tag(ScpData& data, unsigned id, std::string_view value) {
  data.u8(id).u16(static_cast<unsigned>(value.size())).text(value);
}
void text_tag(ScpData& data, unsigned id, const std::string& text) {
  if (!text.empty()) tag(data, id, text + '\0');
}

class BitWriter {
 public:
  void ones_and_zeros(std::string_view bits) {
    for (const char bit : bits) put(bit == '1');
  }
  void number(std::uint32_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) put(((value >> i) & 1) != 0);
  }
  /// Filled up with ones, which begin a code and end none.
  std::string finish() {
    while (used_ % 8 != 0) put(true);
    return std::move(bytes_);
  }

 private:
  void put(bool bit) {
    if (used_ % 8 == 0) bytes_ += '\0';
    if (bit) bytes_.back() = static_cast<char>(bytes_.back() | (0x80 >> (used_ % 8)));
    ++used_;
  }
  std::string bytes_;
  std::size_t used_ = 0;
};

std::vector<std::int16_t> differences_of(const std::vector<std::int16_t>& samples, int order) {
  std::vector<std::int16_t> out = samples;
  for (std::size_t i = samples.size(); i-- > static_cast<std::size_t>(order) && order > 0;) {
    out[i] = static_cast<std::int16_t>(order == 1 ? samples[i] - samples[i - 1]
                                                  : samples[i] - 2 * samples[i - 1] + samples[i - 2]);
  }
  return out;
}

std::string coded(const std::vector<std::int16_t>& samples, const ScpWriting& how) {
  const std::vector<std::int16_t> numbers = differences_of(samples, how.differences);
  if (how.coding != ScpCoding::words) return scp_codes(numbers, how.coding);
  ScpData data;
  for (const std::int16_t number : numbers) data.u16(static_cast<std::uint16_t>(number));
  return data.bytes();
}

struct Stretch {
  std::size_t first = 0;
  std::vector<std::int16_t> samples;
};
Stretch measured(const Channel& channel) {
  Stretch stretch;
  const auto is_there = [](std::int32_t sample) { return sample != kMissing; };
  const auto begin = std::find_if(channel.samples.begin(), channel.samples.end(), is_there);
  if (begin == channel.samples.end()) return stretch;
  stretch.first = static_cast<std::size_t>(begin - channel.samples.begin());
  for (auto at = begin; at != channel.samples.end() && *at != kMissing; ++at) {
    stretch.samples.push_back(static_cast<std::int16_t>(*at));
  }
  return stretch;
}

unsigned number_of(const Channel& channel) {
  if (const Lead* lead = lead_by_code(channel.code)) return lead->number;
  return channel.label.starts_with("lead ") ? static_cast<unsigned>(std::atoi(channel.label.c_str() + 5)) : 0;
}

std::string coding_section(const Recording& recording, const std::vector<std::string>& leads, const ScpWriting& how) {
  ScpData data;
  const double gain = recording.channels.empty() ? 1.0 : recording.channels[0].scales[0].gain;
  data.u16(static_cast<unsigned>(std::lround(1'000 / gain)));
  data.u16(static_cast<unsigned>(std::lround(1e6 / recording.frames_per_second)));
  data.u8(static_cast<unsigned>(how.differences)).u8(0);
  for (const std::string& lead : leads) data.u16(static_cast<unsigned>(lead.size()));
  for (const std::string& lead : leads) data.text(lead);
  return data.bytes();
}

std::string header_section(const Ecg& ecg, const Recording* rhythm, const ScpWriting& how) {
  ScpData data;
  text_tag(data, 0, ecg.subject.family);
  text_tag(data, 1, ecg.subject.given);
  text_tag(data, 2, ecg.subject.id);
  unsigned year = 0;
  unsigned month = 0;
  unsigned day = 0;
  if (std::sscanf(ecg.subject.birth_date.c_str(), "%u-%u-%u", &year, &month, &day) == 3) {
    tag(data, 5, ScpData().u16(year).u8(month).u8(day).bytes());
  }
  if (ecg.subject.sex == Sex::male || ecg.subject.sex == Sex::female) {
    tag(data, 8, ScpData().u8(ecg.subject.sex == Sex::male ? 1 : 2).bytes());
  }
  std::string model = ecg.device.model.substr(0, 6);
  model.resize(6);
  ScpData device;
  device.u16(0).u16(0).u16(0).u8(0).u8(255).text(model).u8(20).u8(0xA0).u8(how.language).u8(0xD0).u8(1);
  device.text(std::string(16, '\0')).u8(0);
  for (const std::string& text : {ecg.device.serial, ecg.device.software, std::string(), ecg.device.manufacturer}) {
    device.text(text + '\0');
  }
  tag(data, 14, device.bytes());
  if (rhythm != nullptr && rhythm->start) {
    const LocalStart& start = *rhythm->start;
    tag(data, 25,
        ScpData()
            .u16(static_cast<unsigned>(start.year))
            .u8(static_cast<unsigned>(start.month))
            .u8(static_cast<unsigned>(start.day))
            .bytes());
    const unsigned seconds = start.milliseconds / 1'000;
    tag(data, 26, ScpData().u8(seconds / 3'600).u8(seconds / 60 % 60).u8(seconds % 60).bytes());
  }
  if (rhythm != nullptr) {
    for (const std::string& comment : rhythm->comments) text_tag(data, 30, comment);
  }
  data.u8(255).u16(0);
  return data.bytes();
}

}  // namespace

std::string scp_file(const std::map<unsigned, std::string>& sections) {
  std::map<unsigned, std::string> bodies;
  for (unsigned id = 1; id < kSections; ++id) bodies[id];
  for (const auto& [id, data] : sections) bodies[id] = data.size() % 2 == 0 ? data : data + '\0';
  ScpData pointers;
  const std::size_t pointers_size = kSectionHeader + 10 * (bodies.size() + 1);
  pointers.u16(0).u32(static_cast<std::uint32_t>(pointers_size)).u32(kFileHeader + 1);
  std::size_t at = kFileHeader + pointers_size;
  for (const auto& [id, data] : bodies) {
    const std::size_t size = data.empty() ? 0 : kSectionHeader + data.size();
    pointers.u16(id).u32(static_cast<std::uint32_t>(size)).u32(size == 0 ? 0 : static_cast<std::uint32_t>(at + 1));
    at += size;
  }
  ScpData file;
  file.u16(0).u32(static_cast<std::uint32_t>(at));
  const auto section = [&](unsigned id, std::string_view mark, const std::string& data) {
    file.u16(0).u16(id).u32(static_cast<std::uint32_t>(kSectionHeader + data.size())).u8(20).u8(20);
    file.text(mark).text(data);
  };
  section(0, "SCPECG", pointers.bytes());
  for (const auto& [id, data] : bodies) {
    if (!data.empty()) section(id, std::string_view("\0\0\0\0\0\0", 6), data);
  }
  return with_checksums(file.bytes());
}

std::string with_checksums(std::string file) {
  for (std::size_t at = kFileHeader; at + kSectionHeader <= file.size();) {
    const std::size_t size = load_little<std::uint32_t>(file.data() + at + 4);
    if (size < kSectionHeader || size > file.size() - at) break;
    store_little(file.data() + at, checksum(std::string_view(file).substr(at + 2, size - 2)));
    at += size;
  }
  if (file.size() >= 2) store_little(file.data(), checksum(std::string_view(file).substr(2)));
  return file;
}

std::string scp_codes(const std::vector<std::int16_t>& numbers, ScpCoding coding) {
  BitWriter bits;
  bool is_second = false;
  for (const std::int16_t number : numbers) {
    const int size = number < 0 ? -number : number;
    if (coding == ScpCoding::standard) {
      if (size <= 8) {
        bits.ones_and_zeros(std::string(static_cast<std::size_t>(size), '1') + '0');
        if (size > 0) bits.ones_and_zeros(number < 0 ? "1" : "0");
      } else {
        const bool is_short = number >= -128 && number <= 127;
        bits.ones_and_zeros(is_short ? "1111111110" : "1111111111");
        bits.number(static_cast<std::uint16_t>(number), is_short ? 8 : 16);
      }
      continue;
    }
    // Table 1: 0 is 0, 10 the other table, 11 a word. Table 2: 0 is 100 and eight bits, 10 back, 110 a word.
    const bool wants_second = number >= 100 - 128 && number <= 100 + 127 && number != 0;
    if (wants_second != is_second && (wants_second || number == 0)) {
      bits.ones_and_zeros("10");
      is_second = wants_second;
    }
    if (!is_second && number == 0) {
      bits.ones_and_zeros("0");
    } else if (is_second && wants_second) {
      bits.ones_and_zeros("0");
      bits.number(static_cast<std::uint8_t>(number - 100), 8);
    } else {
      bits.ones_and_zeros(is_second ? "110" : "11");
      bits.number(static_cast<std::uint16_t>(number), 16);
    }
  }
  return bits.finish();
}

std::string scp_tables(ScpCoding coding) {
  ScpData data;
  if (coding == ScpCoding::words) return {};
  if (coding == ScpCoding::standard) return data.u16(19'999).bytes();
  const auto code = [&](unsigned prefix_bits, unsigned all_bits, unsigned mode, unsigned value, std::uint32_t prefix) {
    data.u8(prefix_bits).u8(all_bits).u8(mode).u16(value).u32(prefix);
  };
  // Prefixes stand the other way round: their first bit is the lowest.
  data.u16(2).u16(3);
  code(1, 1, 1, 0, 0b0);
  code(2, 2, 0, 2, 0b01);
  code(2, 18, 1, 0, 0b11);
  data.u16(3);
  code(1, 9, 1, 100, 0b0);
  code(2, 2, 0, 1, 0b01);
  code(3, 19, 1, 0, 0b011);
  return data.bytes();
}

std::map<unsigned, std::string> scp_sections(const Ecg& ecg, const ScpWriting& how) {
  const Recording* rhythm = nullptr;
  const Recording* beat = nullptr;
  for (const EcgSeries& series : ecg.series) {
    const Recording*& wanted = series.kind == EcgSeries::Kind::rhythm ? rhythm : beat;
    if (wanted == nullptr) wanted = &series.recording;
  }
  std::map<unsigned, std::string> sections;
  sections[1] = header_section(ecg, rhythm, how);
  if (!ecg.statements.empty()) {
    ScpData text;
    text.u8(0).u16(2020).u8(1).u8(2).u8(3).u8(4).u8(5).u8(static_cast<unsigned>(ecg.statements.size()));
    for (std::size_t i = 0; i < ecg.statements.size(); ++i) {
      text.u8(static_cast<unsigned>(i + 1)).u16(static_cast<unsigned>(ecg.statements[i].size() + 1));
      text.text(ecg.statements[i] + '\0');
    }
    sections[8] = text.bytes();
  }
  const Recording* shown = rhythm != nullptr ? rhythm : beat;
  if (shown == nullptr) return sections;
  if (how.coding != ScpCoding::words) sections[2] = scp_tables(how.coding);
  ScpData leads;
  const auto count = static_cast<unsigned>(shown->channels.size());
  // All of them were recorded at the same time; five bits say how many.
  leads.u8(count).u8((how.beats.empty() ? 0U : 1U) | 4U | std::min(count, 31U) << 3);
  std::vector<std::string> coded_rhythm;
  for (const Channel& channel : shown->channels) {
    Stretch stretch = measured(channel);
    leads.u32(static_cast<std::uint32_t>(stretch.first + 1)).u32(static_cast<std::uint32_t>(shown->frames));
    leads.u8(number_of(channel));
    if (rhythm == nullptr) continue;
    const std::size_t index = coded_rhythm.size();
    for (const std::uint32_t first : how.beats) {
      for (std::size_t i = 0; beat != nullptr && i < beat->channels[index].samples.size(); ++i) {
        const std::size_t at = first - 1 + i - stretch.first;
        if (at >= stretch.samples.size()) continue;
        stretch.samples[at] = static_cast<std::int16_t>(stretch.samples[at] - beat->channels[index].samples[i]);
      }
    }
    coded_rhythm.push_back(coded(stretch.samples, how));
  }
  sections[3] = leads.bytes();
  if (rhythm != nullptr) sections[6] = coding_section(*rhythm, coded_rhythm, how);
  if (beat != nullptr) {
    const auto microseconds = static_cast<std::uint64_t>(std::llround(1e6 / beat->frames_per_second));
    const std::uint64_t milliseconds = (beat->frames * microseconds + 999) / 1'000;
    const auto fiducial = static_cast<std::uint32_t>(beat->frames / 2 + 1);
    ScpData beats;
    beats.u16(static_cast<unsigned>(milliseconds)).u16(fiducial);
    beats.u16(static_cast<unsigned>(how.beats.size()));
    for (const std::uint32_t first : how.beats) {
      beats.u16(0).u32(first).u32(first + fiducial - 1).u32(first + static_cast<std::uint32_t>(beat->frames) - 1);
    }
    for (std::size_t i = 0; i < how.beats.size(); ++i) beats.u32(0).u32(0);  // no zone is protected
    sections[4] = beats.bytes();
    std::vector<std::string> coded_beat;
    for (const Channel& channel : beat->channels) coded_beat.push_back(coded(measured(channel).samples, how));
    sections[5] = coding_section(*beat, coded_beat, how);
  }
  return sections;
}

}  // namespace meridian::signal::testing
