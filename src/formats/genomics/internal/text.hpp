// Small questions to pieces of a line.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace meridian::genomics::internal {

inline bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
inline bool is_letter(char c) {
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'z';
}
/// Printing and no space.
inline bool is_graphic(char c) {
  return static_cast<unsigned char>(c) > 0x20 && static_cast<unsigned char>(c) != 0x7F;
}
inline bool all_graphic(std::string_view text) {
  for (const char c : text) {
    if (!is_graphic(c)) return false;
  }
  return true;
}

/// Calls `use` with each piece between the separators; an empty text has one piece.
template <typename Use>
void each_piece(std::string_view text, char separator, Use use) {
  while (true) {
    const std::size_t end = text.find(separator);
    use(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

inline std::size_t count_pieces(std::string_view text, char separator) {
  std::size_t count = 1;
  for (const char c : text) count += c == separator;
  return count;
}

/// The piece with that number, from 0; empty where there are fewer.
inline std::string_view piece(std::string_view text, char separator, std::size_t index) {
  for (; index > 0; --index) {
    const std::size_t end = text.find(separator);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find(separator));
}

template <typename T>
std::optional<T> number_of(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return value;
}

}  // namespace meridian::genomics::internal
