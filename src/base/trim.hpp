// Texts without what stands around them for looks.
#pragma once

#include <string_view>

namespace meridian {

/// Without any of these characters at either end.
constexpr std::string_view trimmed(std::string_view text, std::string_view of) {
  const std::size_t begin = text.find_first_not_of(of);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(of) - begin + 1);
}
/// Without blanks, tabs and ends of lines.
constexpr std::string_view trimmed(std::string_view text) {
  return trimmed(text, " \t\r\n");
}
/// Without blanks and tabs: what HTTP calls optional white space.
constexpr std::string_view without_blanks(std::string_view text) {
  return trimmed(text, " \t");
}

}  // namespace meridian
