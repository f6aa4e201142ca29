#include "formats/hl7v2/text.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/utf8.hpp"

namespace meridian::hl7v2 {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

bool append_bytes(std::string& out, std::string_view digits) {
  if (digits.empty() || digits.size() % 2 != 0 || !is_hex(digits)) return false;
  std::string bytes;
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    bytes += static_cast<char>(hex_digit(digits[i]) * 16 + hex_digit(digits[i + 1]));
  }
  if (is_valid_utf8(bytes)) {
    out += bytes;
  } else {
    for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
  }
  return true;
}

/// How many lines `.sp`, `.sp3` and `.sp+3` skip; the bound keeps a lying number from filling memory.
std::optional<std::size_t> lines_skipped(std::string_view number) {
  constexpr std::size_t kMostLines = 100;
  if (number.starts_with('+')) number.remove_prefix(1);
  while (number.starts_with(' ')) number.remove_prefix(1);
  if (number.empty()) return 1;
  std::size_t count = 0;
  for (const char c : number) {
    if (c < '0' || c > '9') return std::nullopt;
    count = std::min(kMostLines, count * 10 + static_cast<std::size_t>(c - '0'));
  }
  return count;
}

bool append_layout(std::string& out, std::string_view command) {
  const std::string_view name = command.substr(0, 3);
  if (command == ".br") {
    out += '\n';
  } else if (name == ".sp") {
    const auto lines = lines_skipped(command.substr(3));
    if (!lines) return false;
    out.append(*lines + 1, '\n');
  } else if (name == ".ce") {
    out += '\n';
  } else if (name != ".in" && name != ".ti" && name != ".fi" && name != ".nf" && name != ".sk") {
    return false;
  } else if (name == ".sk") {
    out += ' ';
  }
  return true;
}

/// Appends what one sequence, given without its escape characters, stands for; false when it is none.
bool append_sequence(std::string& out, std::string_view sequence, const Separators& separators) {
  if (sequence.empty()) return false;
  if (sequence.size() == 1) {
    switch (sequence[0]) {
      case 'F':
        out += separators.field;
        return true;
      case 'S':
        out += separators.component;
        return true;
      case 'T':
        out += separators.subcomponent;
        return true;
      case 'R':
        out += separators.repetition;
        return true;
      case 'E':
        out += separators.escape;
        return true;
      case 'P':
        out += separators.truncation == '\0' ? '#' : separators.truncation;
        return true;
      case 'H':
      case 'N':
        return true;
      default:
        return false;
    }
  }
  switch (sequence[0]) {
    case 'X':
      return append_bytes(out, sequence.substr(1));
    case '.':
      return append_layout(out, sequence);
    case 'C':
      return sequence.size() == 5 && is_hex(sequence.substr(1));
    case 'M':
      return (sequence.size() == 5 || sequence.size() == 7) && is_hex(sequence.substr(1));
    default:
      return false;
  }
}

}  // namespace

std::size_t append_unescaped(std::string& out, std::string_view raw, const Separators& separators) {
  std::size_t strays = 0;
  std::size_t at = 0;
  while (separators.escape != '\0') {
    const std::size_t open = raw.find(separators.escape, at);
    if (open == std::string_view::npos) break;
    const std::size_t close = raw.find(separators.escape, open + 1);
    strays += close == std::string_view::npos ? 1U : 0U;
    if (close == std::string_view::npos) break;
    out += raw.substr(at, open - at);
    const std::string_view sequence = raw.substr(open + 1, close - open - 1);
    if (append_sequence(out, sequence, separators)) {
      at = close + 1;
    } else if (sequence.starts_with('Z')) {
      out += raw.substr(open, close + 1 - open);  // a local one, which we cannot know
      at = close + 1;
    } else {
      out += raw.substr(open, close - open);
      at = close;  // which may open the next one
      ++strays;
    }
  }
  out += raw.substr(at);
  return strays;
}

void append_escaped(std::string& out, std::string_view text, const Separators& separators) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  const auto sequence = [&](char name) { (out += separators.escape) += name, out += separators.escape; };
  for (const char c : text) {
    if (c == separators.field) {
      sequence('F');
    } else if (c == separators.component) {
      sequence('S');
    } else if (c == separators.subcomponent) {
      sequence('T');
    } else if (c == separators.repetition) {
      sequence('R');
    } else if (c == separators.escape) {
      sequence('E');
    } else if (c == separators.truncation && c != '\0') {
      sequence('P');
    } else if (static_cast<unsigned char>(c) < 0x20 && c != '\t') {
      ((((out += separators.escape) += 'X') += kDigits[static_cast<unsigned char>(c) >> 4]) += kDigits[c & 15]) +=
          separators.escape;
    } else {
      out += c;
    }
  }
}

}  // namespace meridian::hl7v2
