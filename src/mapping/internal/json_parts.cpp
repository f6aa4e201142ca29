#include "mapping/internal/json_parts.hpp"

#include <algorithm>
#include <string>

namespace meridian::mapping::internal {
namespace {

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Calls use(begin, end) for each stretch between commas at the top level of what stands within the brackets.
template <typename Use>
void each_part(std::string_view text, char open, Use use) {
  text = without_blanks(text);
  if (text.size() < 2 || text.front() != open) return;
  text = text.substr(1, text.size() - 2);
  int depth = 0;
  bool is_string = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_string) {
      if (c == '\\') ++i;
      if (c == '"') is_string = false;
    } else if (c == '"') {
      is_string = true;
    } else if (c == '{' || c == '[') {
      ++depth;
    } else if (c == '}' || c == ']') {
      --depth;
    } else if (c == ',' && depth == 0) {
      use(without_blanks(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  const std::string_view last = without_blanks(text.substr(std::min(begin, text.size())));
  if (!last.empty()) use(last);
}

}  // namespace

std::vector<std::pair<std::string_view, std::string_view>> json_members(std::string_view object) {
  std::vector<std::pair<std::string_view, std::string_view>> members;
  each_part(object, '{', [&members](std::string_view part) {
    std::size_t end = 1;
    while (end < part.size() && part[end] != '"') end += part[end] == '\\' ? 2 : 1;
    const std::size_t colon = part.find(':', std::min(end, part.size()));
    if (part.front() != '"' || colon == std::string_view::npos) return;
    members.emplace_back(part.substr(1, end - 1), without_blanks(part.substr(colon + 1)));
  });
  return members;
}

std::vector<std::string_view> json_items(std::string_view array) {
  std::vector<std::string_view> items;
  each_part(array, '[', [&items](std::string_view part) { items.push_back(part); });
  return items;
}

std::string_view json_text_at(std::string_view value, const std::vector<std::string>& path) {
  const auto first_of = [](std::string_view text) {
    while (text.starts_with('[')) {
      const std::vector<std::string_view> items = json_items(text);
      text = items.empty() ? std::string_view() : items.front();
    }
    return text;
  };
  for (const std::string& key : path) {
    std::string_view found;
    for (const auto& [name, inner] : json_members(first_of(value))) {
      if (name == key) found = inner;
    }
    value = found;
  }
  value = first_of(value);
  return value.size() > 1 && value.front() == '"' ? value.substr(1, value.size() - 2) : value;
}

}  // namespace meridian::mapping::internal
