#include "formats/dicom/values.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>

#include "base/bytes.hpp"
#include "formats/dicom/dictionary.hpp"

namespace meridian::dicom {
namespace {

constexpr std::string_view kPadding(" \0", 2);

Vr meant(const Element& element) {
  return element.vr == Vr::un ? vr_of(element.tag) : element.vr;
}

std::string_view trimmed(std::string_view text, bool keep_leading) {
  const std::size_t end = text.find_last_not_of(kPadding);
  if (end == std::string_view::npos) return {};
  text = text.substr(0, end + 1);
  return keep_leading ? text : text.substr(text.find_first_not_of(' '));
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  if (text.size() < at + count) return std::nullopt;
  int value = 0;
  for (const char c : text.substr(at, count)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<Date> to_date(std::string_view text) {
  std::string plain;
  const bool is_old = text.size() == 10 && text[4] == '.' && text[7] == '.';  // ACR-NEMA
  for (const char c : text) {
    if (!is_old || c != '.') plain += c;
  }
  const auto year = digits(plain, 0, 4);
  const auto month = plain.size() >= 6 ? digits(plain, 4, 2) : std::optional<int>(0);
  const auto day = plain.size() >= 8 ? digits(plain, 6, 2) : std::optional<int>(0);
  if (!year || !month || !day || (plain.size() != 4 && plain.size() != 6 && plain.size() != 8)) return std::nullopt;
  if ((plain.size() >= 6 && *month == 0) || (plain.size() == 8 && *day == 0)) return std::nullopt;
  const auto made = Date::of(*year, *month, *day);
  return made ? std::optional<Date>(*made) : std::nullopt;
}

/// `HHMMSS.FFFFFF`, or with colons; minutes and seconds may lack.
std::optional<Time> to_time(std::string_view text) {
  std::string plain(text);
  std::erase(plain, ':');
  const std::size_t point = plain.find('.');
  const std::string_view whole = std::string_view(plain).substr(0, point);
  if (whole.size() != 2 && whole.size() != 4 && whole.size() != 6) return std::nullopt;
  const auto hour = digits(whole, 0, 2);
  const auto minute = whole.size() >= 4 ? digits(whole, 2, 2) : std::optional<int>(-1);
  const auto second = whole.size() >= 6 ? digits(whole, 4, 2) : std::optional<int>(-1);
  if (!hour || !minute || !second) return std::nullopt;
  std::uint64_t fraction = 0;
  int fraction_digits = 0;
  if (point != std::string::npos) {
    const std::string_view tail = std::string_view(plain).substr(point + 1);
    if (whole.size() != 6 || tail.empty() || tail.size() > 6) return std::nullopt;
    const auto value = digits(tail, 0, tail.size());
    if (!value) return std::nullopt;
    fraction = static_cast<std::uint64_t>(*value);
    fraction_digits = static_cast<int>(tail.size());
  }
  const auto made = Time::of(*hour, *minute, *second, fraction, fraction_digits);
  return made ? std::optional<Time>(*made) : std::nullopt;
}

/// `+0800`.
std::optional<UtcOffset> to_offset(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  const auto hours = digits(text, 1, 2);
  const auto minutes = digits(text, 3, 2);
  if (!hours || !minutes || *minutes > 59) return std::nullopt;
  const auto made = UtcOffset::of((text[0] == '-' ? -1 : 1) * (*hours * 60 + *minutes));
  return made ? std::optional<UtcOffset>(*made) : std::nullopt;
}

std::optional<DateTime> joined(const Date& date, std::optional<Time> time, std::optional<UtcOffset> offset) {
  if (!time || date.day() == 0) return DateTime(date);
  const auto made = DateTime::of(date, *time, offset);
  return made ? std::optional<DateTime>(*made) : std::nullopt;
}

template <typename T>
T load(const DataSet& set, const Element& element, std::size_t index) {
  const char* from = element.value.data() + index * sizeof(T);
  return set.order == ByteOrder::little ? load_little<T>(from) : load_big<T>(from);
}

/// Of a VR that has been looked up.
std::uint64_t unsigned_of(const DataSet& set, const Element& element, Vr vr, std::size_t index) {
  switch (word_bytes(vr)) {
    case 2:
      return load<std::uint16_t>(set, element, index);
    case 4:
      return load<std::uint32_t>(set, element, index);
    case 8:
      return load<std::uint64_t>(set, element, index);
    default:
      return static_cast<unsigned char>(element.value[index]);
  }
}

std::int64_t integer_of(const DataSet& set, const Element& element, Vr vr, std::size_t index) {
  const std::uint64_t bits = unsigned_of(set, element, vr, index);
  switch (vr) {
    case Vr::ss:
      return static_cast<std::int16_t>(bits);
    case Vr::sl:
      return static_cast<std::int32_t>(bits);
    default:
      return static_cast<std::int64_t>(bits);
  }
}

double real_of(const DataSet& set, const Element& element, Vr vr, std::size_t index) {
  switch (vr) {
    case Vr::fl:
    case Vr::of:
      return std::bit_cast<float>(load<std::uint32_t>(set, element, index));
    case Vr::fd:
    case Vr::od:
      return std::bit_cast<double>(load<std::uint64_t>(set, element, index));
    case Vr::uv:
    case Vr::ov:
      return static_cast<double>(unsigned_of(set, element, vr, index));
    default:
      return static_cast<double>(integer_of(set, element, vr, index));
  }
}

NameGroup to_group(std::string_view text) {
  NameGroup group;
  for (std::string* part : {&group.family, &group.given, &group.middle, &group.prefix, &group.suffix}) {
    const std::size_t end = text.find('^');
    *part = trimmed(text.substr(0, end), false);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return group;
}

}  // namespace

std::vector<std::string> texts(const DataSet& set, const Element& element) {
  const Vr vr = meant(element);
  const bool is_single = vr == Vr::lt || vr == Vr::st || vr == Vr::ut || vr == Vr::ur;
  const bool keep_leading = is_single || vr == Vr::uc;
  const std::string all = (has_character_set(vr) ? set.character_set : CharacterSet()).decode(element.value);
  std::vector<std::string> out;
  if (trimmed(all, true).empty()) return out;
  std::string_view rest = all;
  for (;;) {
    const std::size_t end = is_single ? std::string_view::npos : rest.find('\\');
    out.emplace_back(trimmed(rest.substr(0, end), keep_leading));
    if (end == std::string_view::npos) return out;
    rest.remove_prefix(end + 1);
  }
}

std::vector<std::string> texts(const DataSet& set, Tag tag) {
  const Element* element = set.find(tag);
  if (element == nullptr || !is_text(meant(*element))) return {};
  return texts(set, *element);
}

std::string text(const DataSet& set, Tag tag) {
  std::vector<std::string> all = texts(set, tag);
  return all.empty() ? std::string() : std::move(all.front());
}

std::size_t count_numbers(const Element& element) {
  return element.value.size() / (meant(element) == Vr::at ? 4 : word_bytes(meant(element)));
}

std::uint64_t unsigned_at(const DataSet& set, const Element& element, std::size_t index) {
  return unsigned_of(set, element, meant(element), index);
}

std::int64_t integer_at(const DataSet& set, const Element& element, std::size_t index) {
  return integer_of(set, element, meant(element), index);
}

double real_at(const DataSet& set, const Element& element, std::size_t index) {
  return real_of(set, element, meant(element), index);
}

std::vector<double> numbers(const DataSet& set, Tag tag) {
  const Element* element = set.find(tag);
  std::vector<double> out;
  if (element == nullptr || !element->items.empty()) return out;
  if (is_text(meant(*element))) {
    for (const std::string& written : texts(set, *element)) {
      double value = 0;
      std::string_view digits = written;
      if (digits.starts_with('+')) digits.remove_prefix(1);
      const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
      const bool is_number = fault == std::errc() && end == digits.data() + digits.size();
      out.push_back(is_number ? value : std::nan(""));
    }
    return out;
  }
  const Vr vr = meant(*element);
  const std::size_t count = vr == Vr::at ? 0 : count_numbers(*element);
  out.reserve(count);
  for (std::size_t i = 0; i < count; ++i) out.push_back(real_of(set, *element, vr, i));
  return out;
}

std::optional<std::int64_t> integer(const DataSet& set, Tag tag, std::size_t index) {
  const Element* element = set.find(tag);
  if (element == nullptr || !element->items.empty() || element->is_encapsulated()) return std::nullopt;
  if (!is_text(meant(*element))) {
    if (index >= count_numbers(*element) || meant(*element) == Vr::at) return std::nullopt;
    const double value = real_at(set, *element, index);
    const bool is_real = meant(*element) == Vr::fl || meant(*element) == Vr::fd;
    if (!is_real) return integer_at(set, *element, index);
    return value == std::floor(value) && std::fabs(value) < 9e15 ? std::optional<std::int64_t>(value) : std::nullopt;
  }
  const std::vector<double> all = numbers(set, tag);
  if (index >= all.size() || all[index] != std::floor(all[index]) || std::fabs(all[index]) > 9e15) return std::nullopt;
  return static_cast<std::int64_t>(all[index]);
}

std::span<const DataSet> items(const DataSet& set, Tag tag) {
  const Element* element = set.find(tag);
  return element == nullptr ? std::span<const DataSet>() : std::span<const DataSet>(element->items);
}

std::optional<Date> date(const DataSet& set, Tag tag) {
  return to_date(text(set, tag));
}

std::optional<UtcOffset> utc_offset(const DataSet& set) {
  return to_offset(text(set, tags::kTimeZone));
}

std::optional<DateTime> date_time(const DataSet& set, Tag date, Tag time, std::optional<UtcOffset> zone) {
  const auto day = to_date(text(set, date));
  if (!day) return std::nullopt;
  const auto own = utc_offset(set);
  return joined(*day, to_time(text(set, time)), own ? own : zone);
}

/// https://dicom.nema.org/medical/dicom/current/output/html/part05.html#table_6.2-1, DT
std::optional<DateTime> date_time(const DataSet& set, Tag tag) {
  std::string_view written;
  const std::string whole = text(set, tag);
  written = whole;
  std::optional<UtcOffset> offset = utc_offset(set);
  if (const std::size_t sign = written.find_first_of("+-"); sign != std::string_view::npos) {
    offset = to_offset(written.substr(sign));
    if (!offset) return std::nullopt;
    written = written.substr(0, sign);
  }
  const auto day = to_date(written.substr(0, std::min<std::size_t>(8, written.size())));
  if (!day) return std::nullopt;
  if (written.size() <= 8) return DateTime(*day);
  const auto time = to_time(written.substr(8));
  return time ? joined(*day, time, offset) : std::nullopt;
}

bool NameGroup::is_empty() const {
  return family.empty() && given.empty() && middle.empty() && prefix.empty() && suffix.empty();
}

PersonName parse_person_name(std::string_view text) {
  PersonName name;
  for (NameGroup* group : {&name.alphabetic, &name.ideographic, &name.phonetic}) {
    const std::size_t end = text.find('=');
    *group = to_group(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return name;
}

std::optional<PersonName> person_name(const DataSet& set, Tag tag) {
  const std::string written = text(set, tag);
  if (written.empty()) return std::nullopt;
  return parse_person_name(written);
}

}  // namespace meridian::dicom
