#include "base/language.hpp"

#include "base/trim.hpp"

namespace meridian {
namespace {

/// The weight of `;q=0.85` in thousandths; 1000 without one, -1 for what is not a weight.
int weight(std::string_view parameter) {
  parameter = without_blanks(parameter);
  if (parameter.empty()) return 1000;
  if (parameter.size() < 3 || (parameter[0] != 'q' && parameter[0] != 'Q') || parameter[1] != '=') return -1;
  const std::string_view value = parameter.substr(2);
  if ((value[0] != '0' && value[0] != '1') || value.size() > 5 || (value.size() > 1 && value[1] != '.')) return -1;
  int thousandths = (value[0] - '0') * 1000;
  int unit = 100;
  for (const char c : value.size() > 2 ? value.substr(2) : std::string_view()) {
    if (c < '0' || c > '9') return -1;
    thousandths += (c - '0') * unit;
    unit /= 10;
  }
  return thousandths > 1000 ? -1 : thousandths;
}

}  // namespace

std::optional<Language> parse_language(std::string_view text) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  if (text.size() < 2) return std::nullopt;
  if (text.size() > 2 && text[2] != '-' && text[2] != '_' && text[2] != '.') return std::nullopt;
  const char first = lower(text[0]);
  const char second = lower(text[1]);
  if (first == 'z' && second == 'h') return Language::chinese;
  if (first == 'e' && second == 'n') return Language::english;
  return std::nullopt;
}

Language choose_language(std::string_view list, Language otherwise) {
  Language best = otherwise;
  int highest = 0;
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    const std::string_view entry = list.substr(0, comma);
    list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    const std::size_t semicolon = entry.find(';');
    const std::string_view range = without_blanks(entry.substr(0, semicolon));
    const int quality = semicolon == std::string_view::npos ? 1000 : weight(entry.substr(semicolon + 1));
    const std::optional<Language> language = range == "*" ? otherwise : parse_language(range);
    // Among equals the first one named wins.
    if (language && quality > highest) {
      best = *language;
      highest = quality;
    }
  }
  return best;
}

std::string_view tag(Language language) {
  return language == Language::chinese ? "zh" : "en";
}

}  // namespace meridian
