#include "formats/fhir/internal/json_scalar.hpp"

#include "base/utf8.hpp"

namespace meridian::fhir::internal {

namespace {

constexpr std::uint32_t kNotHexadecimal = 0xFFFFFFFF;

std::uint32_t four_hexadecimal(std::string_view raw, std::size_t at) {
  if (at + 4 > raw.size()) return kNotHexadecimal;
  std::uint32_t value = 0;
  for (const char c : raw.substr(at, 4)) {
    const auto digit = static_cast<unsigned char>(c - '0');
    const auto letter = static_cast<unsigned char>((c | 0x20) - 'a');
    if (digit < 10) {
      value = value * 16 + digit;
    } else if (letter < 6) {
      value = value * 16 + 10 + letter;
    } else {
      return kNotHexadecimal;
    }
  }
  return value;
}

bool is_high_surrogate(std::uint32_t unit) {
  return unit >= 0xD800 && unit < 0xDC00;
}
bool is_low_surrogate(std::uint32_t unit) {
  return unit >= 0xDC00 && unit < 0xE000;
}

char simple_escape(char c) {
  switch (c) {
    case '"':
    case '\\':
    case '/':
      return c;
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

Unescaped unescape(std::string_view raw, std::string& out) {
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t backslash = raw.find('\\', at);
    out.append(raw.substr(at, backslash - at));
    if (backslash == std::string_view::npos) break;
    at = backslash;
    const char kind = at + 1 < raw.size() ? raw[at + 1] : '\0';
    if (kind != 'u') {
      const char c = simple_escape(kind);
      if (c == 0) return {EscapeFault::unknown_escape, at};
      out += c;
      at += 2;
      continue;
    }
    std::uint32_t code_point = four_hexadecimal(raw, at + 2);
    if (code_point == kNotHexadecimal) return {EscapeFault::bad_hexadecimal, at};
    std::size_t length = 6;
    if (is_low_surrogate(code_point)) return {EscapeFault::lone_surrogate, at};
    if (is_high_surrogate(code_point)) {
      const bool escape_follows = raw.substr(at + 6, 2) == "\\u";
      const std::uint32_t low = escape_follows ? four_hexadecimal(raw, at + 8) : kNotHexadecimal;
      if (low == kNotHexadecimal || !is_low_surrogate(low)) return {EscapeFault::lone_surrogate, at};
      code_point = 0x10000 + ((code_point - 0xD800) << 10U) + (low - 0xDC00);
      length = 12;
    }
    append_utf8(out, code_point);
    at += length;
  }
  return {};
}

}  // namespace meridian::fhir::internal
