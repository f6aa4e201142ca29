#include "formats/dicom/internal/json_text.hpp"

namespace meridian::dicom::internal {
namespace {

std::string_view take_digits(std::string_view& text) {
  const std::size_t end = text.find_first_not_of("0123456789");
  const std::string_view digits = text.substr(0, end);
  text.remove_prefix(digits.size());
  return digits;
}

}  // namespace

void append_json_text(std::string& out, std::string_view utf8) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += '"';
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"':
      case '\\':
        out += '\\';
        out += c;
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (byte >= 0x20) {
          out += c;
          break;
        }
        out += "\\u00";
        out += kHex[byte >> 4];
        out += kHex[byte & 0xF];
    }
  }
  out += '"';
}

std::optional<std::string> json_number(std::string_view written) {
  std::string out;
  if (written.starts_with('-')) out += '-';
  if (written.starts_with('-') || written.starts_with('+')) written.remove_prefix(1);
  std::string_view whole = take_digits(written);
  std::string_view fraction;
  bool has_point = false;
  if (written.starts_with('.')) {
    has_point = true;
    written.remove_prefix(1);
    fraction = take_digits(written);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  while (whole.size() > 1 && whole[0] == '0') whole.remove_prefix(1);
  out += whole.empty() ? "0" : whole;
  if (has_point && !fraction.empty()) {
    out += '.';
    out += fraction;
  }
  if (written.starts_with('e') || written.starts_with('E')) {
    written.remove_prefix(1);
    out += 'e';
    if (written.starts_with('-') || written.starts_with('+')) {
      out += written[0];
      written.remove_prefix(1);
    }
    const std::string_view exponent = take_digits(written);
    if (exponent.empty()) return std::nullopt;
    out += exponent;
  }
  if (!written.empty()) return std::nullopt;
  return out;
}

}  // namespace meridian::dicom::internal
