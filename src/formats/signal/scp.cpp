#include "formats/signal/scp.hpp"

#include <algorithm>
#include <set>

#include "formats/signal/faults.hpp"
#include "formats/signal/internal/scp_bytes.hpp"
#include "formats/signal/internal/scp_sections.hpp"

namespace meridian::signal {
namespace {

using internal::scp_crc;
using internal::ScpBytes;
using internal::ScpFile;

constexpr std::size_t kFileHeader = 6;
constexpr std::size_t kSectionHeader = 16;
constexpr std::size_t kMaxPointers = 1'024;
constexpr std::string_view kMark = "SCPECG";

std::string section_path(unsigned id) {
  return "section " + std::to_string(id);
}

class Frame {
 public:
  Frame(std::string_view bytes, Issues& issues) : bytes_(bytes), issues_(issues) {}

  ScpFile read() {
    ScpBytes head(bytes_);
    const std::uint16_t crc = head.take16().value_or(0);
    const std::uint32_t length = head.take32().value_or(0);
    if (length != bytes_.size()) {
      complain(faults::kScpLength, {std::to_string(length), std::to_string(bytes_.size())}, "", 2);
    }
    // What was sent behind the file, or cut off it, would make a second fault of the same one.
    if (length == bytes_.size() && crc != scp_crc(bytes_.substr(2))) complain(faults::kScpCrc, {"the file"}, "", 0);
    ScpFile file;
    const std::string_view pointers = data_of(0, kFileHeader, bytes_.size() - kFileHeader, true);
    std::set<unsigned> unread;
    ScpBytes entries(pointers.substr(0, kMaxPointers * 10));
    while (entries.left() >= 10) {
      const std::uint16_t id = *entries.take16();
      const std::uint32_t size = *entries.take32();
      const std::uint32_t index = *entries.take32();
      if (id == 0 || size == 0) continue;
      if (id >= internal::kScpSections) {
        // 9 to 11 are of the maker, of single leads, and the interpretation in codes; 12 on hold samples of long times.
        if (id >= 12 && id < 200 && size > kSectionHeader) unread.insert(id);
        continue;
      }
      if (!file.sections[id].empty()) continue;
      if (size <= kSectionHeader) continue;
      if (index == 0 || index - 1 >= bytes_.size()) {
        complain(faults::kScpOutside, {}, section_path(id), kFileHeader);
        continue;
      }
      file.sections[id] = data_of(id, index - 1, size, false);
    }
    for (const unsigned id : unread) {
      issues_.add(
          {Severity::warning, IssueType::not_supported, faults::kScpUnread, {std::to_string(id)}, section_path(id)});
    }
    return file;
  }

 private:
  void complain(const Message& message, std::vector<std::string> arguments, std::string path, std::size_t offset,
                Severity severity = Severity::warning) {
    issues_.add({severity, IssueType::structure, message, std::move(arguments), std::move(path), {offset, 0, 0}});
  }

  /// The section that begins there: its data, as far as there are bytes.
  std::string_view data_of(unsigned id, std::size_t at, std::size_t size, bool is_first) {
    std::string_view section = bytes_.substr(at);
    ScpBytes head(section);
    const auto crc = head.take16();
    const auto own_id = head.take16();
    const auto length = head.take32();
    if (!length || section.size() < kSectionHeader) {
      complain(faults::kScpOutside, {}, section_path(id), at);
      return {};
    }
    if (*own_id != id) {
      complain(faults::kScpOtherSection, {std::to_string(*own_id)}, section_path(id), at, Severity::error);
      return {};
    }
    // Header and pointer may disagree: the shorter one is there in any case.
    if (!is_first && *length != size) {
      complain(faults::kScpLength, {std::to_string(*length), std::to_string(size)}, section_path(id), at);
    }
    size = std::min<std::size_t>({is_first ? *length : size, *length, section.size()});
    if (*length > section.size()) complain(faults::kScpOutside, {}, section_path(id), at);
    if (size < kSectionHeader) return {};
    section = section.substr(0, size);
    if (*length == size && *crc != scp_crc(section.substr(2))) {
      complain(faults::kScpCrc, {section_path(id)}, section_path(id), at);
    }
    return section.substr(kSectionHeader);
  }

  std::string_view bytes_;
  Issues& issues_;
};

}  // namespace

namespace internal {

std::uint16_t scp_crc(std::string_view bytes) {
  static const auto kTable = [] {
    std::array<std::uint16_t, 256> table{};
    for (unsigned i = 0; i < 256; ++i) {
      auto crc = static_cast<std::uint16_t>(i << 8);
      for (int bit = 0; bit < 8; ++bit) {
        crc = static_cast<std::uint16_t>((crc & 0x8000) != 0 ? (crc << 1) ^ 0x1021 : crc << 1);
      }
      table[i] = crc;
    }
    return table;
  }();
  std::uint16_t crc = 0xFFFF;
  for (const char c : bytes) {
    crc = static_cast<std::uint16_t>((crc << 8) ^ kTable[((crc >> 8) ^ static_cast<std::uint8_t>(c)) & 0xFF]);
  }
  return crc;
}

}  // namespace internal

bool is_scp(std::string_view bytes) {
  constexpr std::size_t kLeast = kFileHeader + kSectionHeader;
  if (bytes.size() < kLeast) return false;
  if (load_little<std::uint16_t>(bytes.data() + kFileHeader + 2) != 0) return false;
  if (bytes.substr(kLeast - kMark.size(), kMark.size()) == kMark) return true;
  // Files of the first edition lack the mark. Their pointers say that section 0 is the first of twelve.
  const auto length = load_little<std::uint32_t>(bytes.data() + kFileHeader + 4);
  return bytes.size() >= kLeast + 10 && length >= 136 && length < 5'000 && length % 2 == 0 &&
         load_little<std::uint16_t>(bytes.data() + kLeast) == 0 &&
         load_little<std::uint32_t>(bytes.data() + kLeast + 2) == length &&
         load_little<std::uint32_t>(bytes.data() + kLeast + 6) == kFileHeader + 1;
}

Result<Ecg> read_scp(std::string_view bytes, const EcgLimits& limits, Issues& issues) {
  if (bytes.size() > limits.max_bytes) {
    return fail(ErrorCode::too_large, "the file has more than " + std::to_string(limits.max_bytes) + " bytes");
  }
  if (!is_scp(bytes)) return fail(ErrorCode::malformed_input, "this is no SCP-ECG file");
  ScpFile file = Frame(bytes, issues).read();
  Ecg ecg;
  internal::ScpHeader header = internal::read_scp_header(file.sections[1], issues);
  file.language = header.language;
  ecg.subject = std::move(header.subject);
  ecg.device = std::move(header.device);
  ecg.series = TRY(internal::read_scp_series(file, limits, issues));
  ecg.statements = internal::read_scp_statements(file.sections[8], file.language, limits.max_findings, issues);
  std::vector<EcgMeasurement> measurements = internal::read_scp_measurements(file.sections[7], issues);
  for (EcgSeries& series : ecg.series) {
    if (series.kind != EcgSeries::Kind::rhythm) continue;
    series.recording.start = header.start;
    series.recording.comments = std::move(header.notes);
    series.measurements = std::move(measurements);
    break;
  }
  return ecg;
}

}  // namespace meridian::signal
