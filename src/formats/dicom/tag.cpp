#include "formats/dicom/tag.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

#include "formats/dicom/dictionary.hpp"

namespace meridian::dicom {
namespace {

struct VrRow {
  std::string_view name;
  bool long_length;
  bool character_set;
  bool text;
  std::uint8_t word;
};

// In the order of Vr. PS3.5, tables 6.2-1 and 7.1-1.
constexpr std::array<VrRow, 35> kVrs = {{
    {"??", false, false, false, 1}, {"AE", false, false, true, 1}, {"AS", false, false, true, 1},
    {"AT", false, false, false, 2}, {"CS", false, false, true, 1}, {"DA", false, false, true, 1},
    {"DS", false, false, true, 1},  {"DT", false, false, true, 1}, {"FD", false, false, false, 8},
    {"FL", false, false, false, 4}, {"IS", false, false, true, 1}, {"LO", false, true, true, 1},
    {"LT", false, true, true, 1},   {"OB", true, false, false, 1}, {"OD", true, false, false, 8},
    {"OF", true, false, false, 4},  {"OL", true, false, false, 4}, {"OV", true, false, false, 8},
    {"OW", true, false, false, 2},  {"PN", false, true, true, 1},  {"SH", false, true, true, 1},
    {"SL", false, false, false, 4}, {"SQ", true, false, false, 1}, {"SS", false, false, false, 2},
    {"ST", false, true, true, 1},   {"SV", true, false, false, 8}, {"TM", false, false, true, 1},
    {"UC", true, true, true, 1},    {"UI", false, false, true, 1}, {"UL", false, false, false, 4},
    {"UN", true, false, false, 1},  {"UR", true, false, true, 1},  {"US", false, false, false, 2},
    {"UT", true, true, true, 1},    {"UV", true, false, false, 8},
}};

const VrRow& row(Vr vr) {
  return kVrs[static_cast<std::size_t>(vr)];
}

std::optional<std::uint16_t> hex_number(std::string_view digits) {
  std::uint16_t value = 0;
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (fault != std::errc() || end != digits.data() + digits.size() || digits.size() != 4) return std::nullopt;
  return value;
}

}  // namespace

std::string to_string(Tag tag) {
  return fmt::format("({:04X},{:04X})", tag.group, tag.element);
}

std::string hex(Tag tag) {
  return fmt::format("{:08X}", tag.number());
}

std::optional<Tag> parse_tag(std::string_view text) {
  std::string_view group;
  std::string_view element;
  if (text.size() == 11 && text[0] == '(' && text[5] == ',' && text[10] == ')') {
    group = text.substr(1, 4);
    element = text.substr(6, 4);
  } else if (text.size() == 8) {
    group = text.substr(0, 4);
    element = text.substr(4);
  }
  const auto high = hex_number(group);
  const auto low = hex_number(element);
  if (high && low) return Tag(*high, *low);
  return tag_of(text);
}

std::string_view name(Vr vr) {
  return row(vr).name;
}

std::optional<Vr> vr_of(char first, char second) {
  const std::array<char, 2> letters = {first, second};
  for (std::size_t i = 1; i < kVrs.size(); ++i) {
    if (kVrs[i].name == std::string_view(letters.data(), 2)) return static_cast<Vr>(i);
  }
  return std::nullopt;
}

bool has_long_length(Vr vr) {
  return row(vr).long_length;
}

bool has_character_set(Vr vr) {
  return row(vr).character_set;
}

bool is_text(Vr vr) {
  return row(vr).text;
}

std::size_t word_bytes(Vr vr) {
  return row(vr).word;
}

}  // namespace meridian::dicom
