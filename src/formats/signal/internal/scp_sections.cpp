#include "formats/signal/internal/scp_sections.hpp"

#include <algorithm>
#include <cstdio>

#include "base/civil.hpp"
#include "formats/signal/faults.hpp"
#include "formats/signal/internal/scp_bytes.hpp"
#include "formats/signal/internal/scp_text.hpp"

namespace meridian::signal::internal {
namespace {

constexpr std::size_t kMaxTags = 1'000;

void complain(Issues& issues, const Message& message, std::vector<std::string> arguments, const char* path) {
  issues.add({Severity::warning, IssueType::value, message, std::move(arguments), path});
}

// Tags of section 1. EN 1064, 5.4.5
enum : std::uint8_t {
  kLastName = 0,
  kFirstName = 1,
  kPatientId = 2,
  kSecondLastName = 3,
  kBirthDate = 5,
  kSex = 8,
  kReferral = 13,
  kDevice = 14,
  kDate = 25,
  kTime = 26,
  kFreeText = 30,
  kEnd = 255
};

struct Tag {
  std::uint8_t id;
  std::string_view value;
};

std::vector<Tag> tags_of(std::string_view data, Issues& issues) {
  std::vector<Tag> tags;
  ScpBytes bytes(data);
  while (tags.size() < kMaxTags) {
    const auto id = bytes.take8();
    if (!id) break;
    if (*id == kEnd) return tags;
    const auto length = bytes.take16();
    const auto value = length ? bytes.take_bytes(*length) : std::nullopt;
    if (!value) {
      complain(issues, faults::kScpCut, {}, "section 1");
      return tags;
    }
    tags.push_back({*id, *value});
  }
  return tags;
}

/// Serial number, and what it is made of. EN 1064, 5.4.5, tag 14
EcgDevice device_of(std::string_view value, std::uint8_t language) {
  EcgDevice device;
  constexpr std::size_t kModel = 8;
  constexpr std::size_t kModelBytes = 6;
  constexpr std::size_t kTexts = 35;
  if (value.size() >= kModel + kModelBytes) device.model = scp_text(value.substr(kModel, kModelBytes), language);
  if (value.size() <= kTexts) return device;
  // The analysing program's revision with its length, then four texts that end in zero.
  const auto revision = static_cast<std::uint8_t>(value[kTexts]);
  std::string_view rest = value.substr(std::min<std::size_t>(value.size(), kTexts + 1 + revision));
  const auto next = [&] {
    const std::size_t end = rest.find('\0');
    const std::string_view text = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    return scp_text(text, language);
  };
  device.serial = next();
  device.software = next();
  next();  // of the SCP implementation
  device.manufacturer = next();
  return device;
}

std::optional<CivilDay> day_of(std::string_view value) {
  ScpBytes bytes(value);
  const auto year = bytes.take16();
  const auto month = bytes.take8();
  const auto day = bytes.take8();
  if (!day || *year == 0 || *year > 9'999 || *month < 1 || *month > 12) return std::nullopt;
  if (*day < 1 || *day > days_in_month(*year, *month)) return std::nullopt;
  return CivilDay{*year, *month, *day};
}

std::optional<std::uint32_t> clock_of(std::string_view value) {
  ScpBytes bytes(value);
  const auto hour = bytes.take8();
  const auto minute = bytes.take8();
  const auto second = bytes.take8();
  if (!second || *hour > 23 || *minute > 59 || *second > 59) return std::nullopt;
  return ((*hour * 60U + *minute) * 60U + *second) * 1'000U;
}

Sex sex_of(std::string_view value) {
  const auto code = ScpBytes(value).take8().value_or(0);
  return code == 1 ? Sex::male : code == 2 ? Sex::female : Sex::unknown;
}

}  // namespace

ScpHeader read_scp_header(std::string_view data, Issues& issues) {
  ScpHeader header;
  const std::vector<Tag> tags = tags_of(data, issues);
  constexpr std::size_t kLanguage = 16;
  for (const Tag& tag : tags) {
    if (tag.id == kDevice && tag.value.size() > kLanguage) {
      header.language = static_cast<std::uint8_t>(tag.value[kLanguage]);
    }
  }
  std::optional<CivilDay> day;
  std::optional<std::uint32_t> clock;
  for (const Tag& tag : tags) {
    const auto text = [&] { return scp_text(tag.value, header.language); };
    // A tag without a value says that it is not known.
    if (tag.value.empty()) continue;
    switch (tag.id) {
      case kLastName:
        header.subject.family = text();
        break;
      case kFirstName:
        header.subject.given = text();
        break;
      case kSecondLastName:
        if (const std::string second = text(); !second.empty()) {
          header.subject.family += (header.subject.family.empty() ? "" : " ") + second;
        }
        break;
      case kPatientId:
        header.subject.id = text();
        break;
      case kBirthDate:
        if (const auto birth = day_of(tag.value)) {
          char written[32];
          std::snprintf(written, sizeof written, "%04d-%02d-%02d", birth->year, birth->month, birth->day);
          header.subject.birth_date = written;
        }
        break;
      case kSex:
        header.subject.sex = sex_of(tag.value);
        break;
      case kDevice:
        header.device = device_of(tag.value, header.language);
        break;
      case kDate:
        day = day_of(tag.value);
        if (!day) complain(issues, faults::kScpField, {"25"}, "section 1.tag[25]");
        break;
      case kTime:
        clock = clock_of(tag.value);
        if (!clock) complain(issues, faults::kScpField, {"26"}, "section 1.tag[26]");
        break;
      case kReferral:
      case kFreeText:
        if (std::string note = text(); !note.empty()) header.notes.push_back(std::move(note));
        break;
      default:
        break;
    }
  }
  if (day && clock) header.start = LocalStart{day->year, day->month, day->day, *clock};
  return header;
}

std::vector<EcgMeasurement> read_scp_measurements(std::string_view data, Issues& issues) {
  std::vector<EcgMeasurement> all;
  if (data.empty()) return all;
  ScpBytes bytes(data);
  const auto add = [&](const char* code, int value, const char* unit) {
    all.push_back({code, static_cast<double>(value), unit, ""});
  };
  // 29999: not computed; 29998: not found; 19999: not done. Nothing of a heart lasts so long.
  const auto is_known = [](std::optional<std::uint16_t> value) { return value && *value != 0 && *value < 19'999; };
  const auto beats = bytes.take8();
  const auto spikes = bytes.take8();
  const auto rr = bytes.take16();
  const auto pp = bytes.take16();
  if (!pp) {
    complain(issues, faults::kScpCut, {}, "section 7");
    return all;
  }
  if (is_known(rr)) add("MDC_ECG_TIME_PD_RR", *rr, "ms");
  if (is_known(pp)) add("MDC_ECG_TIME_PD_PP", *pp, "ms");
  for (std::uint8_t beat = 0; beat < *beats; ++beat) {
    std::array<std::optional<std::uint16_t>, 8> numbers;
    for (auto& number : numbers) number = bytes.take16();
    if (!numbers.back()) {
      complain(issues, faults::kScpCut, {}, "section 7");
      return all;
    }
    if (beat > 0) continue;  // of the first reference beat: the others are of beats that differ
    const auto& [p_on, p_off, qrs_on, qrs_off, t_off, p_axis, qrs_axis, t_axis] = numbers;
    const auto add_time = [&](const char* code, std::optional<std::uint16_t> from, std::optional<std::uint16_t> to) {
      if (*from < 19'999 && *to < 19'999 && *from < *to) add(code, *to - *from, "ms");
    };
    add_time("MDC_ECG_TIME_PD_P", p_on, p_off);
    add_time("MDC_ECG_TIME_PD_PR", p_on, qrs_on);
    add_time("MDC_ECG_TIME_PD_QRS", qrs_on, qrs_off);
    add_time("MDC_ECG_TIME_PD_QT", qrs_on, t_off);
    const auto add_axis = [&](const char* code, std::optional<std::uint16_t> axis) {
      const auto degrees = static_cast<std::int16_t>(*axis);
      if (degrees >= -180 && degrees <= 360) add(code, degrees, "deg");
    };
    add_axis("MDC_ECG_ANGLE_P_FRONT", p_axis);
    add_axis("MDC_ECG_ANGLE_QRS_FRONT", qrs_axis);
    add_axis("MDC_ECG_ANGLE_T_FRONT", t_axis);
  }
  // Spikes of a pacemaker, four bytes each, and what is said of them, six; types of beats. Older writers end before.
  bytes.take_bytes(std::size_t{*spikes} * 10);
  const auto types = bytes.take16();
  if (types) bytes.take_bytes(*types);
  const auto ventricular = bytes.take16();
  bytes.take16();  // atrial
  const auto corrected = bytes.take16();
  if (is_known(ventricular)) add("MDC_ECG_HEART_RATE", *ventricular, "/min");
  if (is_known(corrected)) add("MDC_ECG_TIME_PD_QTc", *corrected, "ms");
  return all;
}

std::vector<std::string> read_scp_statements(std::string_view data, std::uint8_t language, std::size_t limit,
                                             Issues& issues) {
  std::vector<std::string> all;
  if (data.empty()) return all;
  ScpBytes bytes(data);
  bytes.take_bytes(8);  // whether confirmed, and when
  const auto count = bytes.take8();
  for (std::uint8_t i = 0; count && i < *count && all.size() < limit; ++i) {
    bytes.take8();  // its number
    const auto length = bytes.take16();
    const auto text = length ? bytes.take_bytes(*length) : std::nullopt;
    if (!text) {
      complain(issues, faults::kScpCut, {}, "section 8");
      break;
    }
    if (std::string statement = scp_text(*text, language); !statement.empty()) all.push_back(std::move(statement));
  }
  if (!count) complain(issues, faults::kScpCut, {}, "section 8");
  return all;
}

}  // namespace meridian::signal::internal
