#include "imaging/query.hpp"

#include <unicode/unistr.h>

#include <algorithm>

#include "formats/dicom/dictionary.hpp"
#include "formats/dicom/file.hpp"
#include "formats/dicom/values.hpp"

namespace meridian::imaging {
namespace {

using dicom::Tag;
using dicom::Vr;

constexpr Tag kLevel{0x0008, 0x0052};
constexpr std::size_t kMaxKeys = 200;
constexpr std::size_t kMaxKeyBytes = 16 * 1024;

std::vector<std::string_view> parts(std::string_view text, char between) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0;;) {
    const std::size_t end = std::min(text.find(between, at), text.size());
    out.push_back(text.substr(at, end - at));
    if (end == text.size()) return out;
    at = end + 1;
  }
}

bool has_wild_cards(std::string_view text) {
  return text.find_first_of("*?") != std::string_view::npos;
}

/// How many bytes the character at `at` has.
std::size_t character_bytes(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80) ++end;
  return end - at;
}

/// `*`: any characters; `?`: any one. Goes back only to the last star: no pattern takes more than the product of both.
bool fits(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && pattern[p] == '?') {
      ++p;
      t += character_bytes(text, t);
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      resume += character_bytes(text, resume);
      t = resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

/// Each word of the key begins a word of the name.
bool has_words(std::string_view key, std::string_view name) {
  const std::vector<std::string_view> words = parts(name, ' ');
  return std::ranges::all_of(parts(key, ' '), [&](std::string_view word) {
    return std::ranges::any_of(words, [&](std::string_view one) { return one.starts_with(word); });
  });
}

bool name_fits(std::string_view key, std::string_view value, bool by_words) {
  for (const std::string_view wanted : parts(key, '=')) {
    const std::string pattern = folded_name(wanted);
    if (pattern.empty()) continue;
    for (const std::string_view group : parts(value, '=')) {
      const std::string name = folded_name(group);
      if (by_words && !has_wild_cards(pattern) ? has_words(pattern, name) : fits(pattern, name)) return true;
    }
  }
  return key.find_first_not_of("^= ") == std::string_view::npos;
}

/// Digits of a day or a time without what may stand between them in old files.
std::string digits_of(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c >= '0' && c <= '9') out += c;
  }
  return out;
}

/// From first to last, padded to the same length; what is open is as far as it can be.
struct Span {
  std::string first;
  std::string last;
};

Span span_of(std::string_view key, std::size_t digits) {
  const std::size_t dash = key.find('-');
  std::string first = digits_of(key.substr(0, dash));
  std::string last = dash == std::string_view::npos ? first : digits_of(key.substr(dash + 1));
  first.resize(std::max(first.size(), digits), '0');
  last.resize(std::max(last.size(), digits), '9');
  return {first.substr(0, digits), last.substr(0, digits)};
}

constexpr std::size_t kDayDigits = 8;
constexpr std::size_t kTimeDigits = 12;

bool is_within(const Span& span, std::string value) {
  if (value.empty()) return false;
  value.resize(span.first.size(), '0');
  return span.first <= value && value <= span.last;
}

std::size_t digits_of(Vr vr) {
  return vr == Vr::da ? kDayDigits : vr == Vr::tm ? kTimeDigits : kDayDigits + kTimeDigits;
}

/// The time that belongs to a day.
Tag time_of(Tag day) {
  if (day.group == 0x0008 && day.element >= 0x0020 && day.element <= 0x0023) {
    return {0x0008, static_cast<std::uint16_t>(day.element + 0x10)};
  }
  if (day == Tag(0x0040, 0x0002) || day == Tag(0x0040, 0x0004) || day == Tag(0x0040, 0x0244)) {
    return {day.group, static_cast<std::uint16_t>(day.element + 1)};
  }
  return {};
}

bool is_range(const Attribute* key) {
  return key != nullptr && key->value.find('-') != std::string::npos;
}

Result<Level> level_of(std::string_view name, bool is_patient_root) {
  if (name == "PATIENT" && is_patient_root) return Level::patient;
  if (name == "STUDY") return Level::study;
  if (name == "SERIES") return Level::series;
  if (name == "IMAGE" || name == "INSTANCE") return Level::instance;
  if (name == "PATIENT") return fail(ErrorCode::unsupported, "the study root model has no level of patients");
  return fail(ErrorCode::malformed_input, "the identifier does not say its level");
}

}  // namespace

std::string folded_name(std::string_view value) {
  std::string words;
  for (const char c : value) {
    const char word = c == '^' || c == '\t' ? ' ' : c;
    if (word != ' ' || (!words.empty() && words.back() != ' ')) words += word;
  }
  while (!words.empty() && words.back() == ' ') words.pop_back();
  icu::UnicodeString text = icu::UnicodeString::fromUTF8({words.data(), static_cast<std::int32_t>(words.size())});
  std::string out;
  text.foldCase().toUTF8String(out);
  return out;
}

Result<DayRange> day_range(std::string_view value) {
  const std::size_t dash = value.find('-');
  DayRange range;
  range.first = digits_of(value.substr(0, dash));
  range.last = dash == std::string_view::npos ? range.first : digits_of(value.substr(dash + 1));
  const auto is_day = [](const std::string& day) { return day.empty() || day.size() == kDayDigits; };
  if (!is_day(range.first) || !is_day(range.last) || (range.first.empty() && range.last.empty())) {
    return fail(ErrorCode::malformed_input, "a day is eight digits, a range two of them with a dash between");
  }
  return range;
}

Result<Query> read_query(std::string_view identifier, bool is_explicit, bool is_patient_root) {
  if (identifier.empty()) return fail(ErrorCode::malformed_input, "the identifier is empty");
  dicom::Limits limits;
  limits.max_elements = 10'000;
  Issues issues;
  const dicom::File file = TRY(connect::read_data_set(
      identifier, is_explicit ? dicom::uids::kExplicitLittle : dicom::uids::kImplicitLittle, limits, issues));
  const dicom::DataSet& set = file.data_set();
  Query query;
  query.level = TRY(level_of(dicom::text(set, kLevel), is_patient_root));
  for (const dicom::Element& element : set.elements) {
    const Vr vr = element.vr == Vr::un ? dicom::vr_of(element.tag) : element.vr;
    if (element.tag.is_group_length() || element.tag == kLevel || vr == Vr::sq) continue;
    if (element.value.size() > kMaxKeyBytes || query.keys.all().size() == kMaxKeys) {
      return fail(ErrorCode::too_large, "an identifier has at most 200 keys of 16 KB");
    }
    std::string value;
    if (dicom::is_text(vr)) {
      for (const std::string& one : dicom::texts(set, element)) value += (value.empty() ? "" : "\\") + one;
    } else if (const auto number = dicom::integer(set, element.tag)) {
      value = std::to_string(*number);
    }
    if (vr == Vr::da && !value.empty() && !has_wild_cards(value)) TRY(day_range(value));
    query.keys.set(element.tag, vr, std::move(value));
  }
  return query;
}

bool matches(const Attribute& key, std::string_view value, bool by_words) {
  if (key.value.empty() || key.value == "*") return true;
  if ((key.vr == Vr::da || key.vr == Vr::tm || key.vr == Vr::dt) && !has_wild_cards(key.value)) {
    const Span span = span_of(key.value, digits_of(key.vr));
    return std::ranges::any_of(parts(value, '\\'),
                               [&](std::string_view one) { return is_within(span, digits_of(one)); });
  }
  for (const std::string_view wanted : parts(key.value, '\\')) {
    for (const std::string_view one : parts(value, '\\')) {
      const bool fits_one = key.vr == Vr::pn                             ? name_fits(wanted, one, by_words)
                            : key.vr != Vr::ui && has_wild_cards(wanted) ? fits(wanted, one)
                                                                         : wanted == one;
      if (fits_one) return true;
    }
  }
  return false;
}

bool matches(const Query& query, const Attributes& attributes, std::span<const Tag> of) {
  for (const Attribute& key : query.keys.all()) {
    if (std::ranges::find(of, key.tag) == of.end()) continue;
    const std::string_view value = attributes.value(key.tag);
    if (key.vr == Vr::da && query.combines_day_and_time && is_range(&key)) {
      const Tag time = time_of(key.tag);
      if (const Attribute* const time_key = query.keys.find(time); is_range(time_key)) {
        const Span days = span_of(key.value, kDayDigits);
        const Span times = span_of(time_key->value, kTimeDigits);
        std::string time_value = digits_of(attributes.value(time));
        time_value.resize(kTimeDigits, '0');
        if (!is_within({days.first + times.first, days.last + times.last}, digits_of(value) + time_value)) return false;
        continue;
      }
    }
    if (key.vr == Vr::tm && query.combines_day_and_time && is_range(&key)) {
      const auto is_its_day = [&](const Attribute& day) {
        return day.vr == Vr::da && is_range(&day) && time_of(day.tag) == key.tag;
      };
      if (std::ranges::any_of(query.keys.all(), is_its_day)) continue;  // with its day
    }
    if (!matches(key, value, query.names_match_by_words)) return false;
  }
  return true;
}

}  // namespace meridian::imaging
