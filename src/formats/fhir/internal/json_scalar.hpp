// The scalars of JSON, checked exactly: numbers, literals and escapes.
// Specification: https://www.rfc-editor.org/rfc/rfc8259 (sections 3, 6, 7)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::fhir::internal {

/// The length of the number that begins the text, or 0 when none does. What follows it is not looked at.
inline std::size_t number_length(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  const auto digits = [&] {
    const char* const before = at;
    while (at != end && static_cast<unsigned char>(*at - '0') < 10) ++at;
    return at != before;
  };
  if (at != end && *at == '-') ++at;
  if (at != end && *at == '0') {
    ++at;
  } else if (!digits()) {
    return 0;
  }
  if (at != end && *at == '.') {
    ++at;
    if (!digits()) return 0;
  }
  if (at != end && (*at == 'e' || *at == 'E')) {
    ++at;
    if (at != end && (*at == '+' || *at == '-')) ++at;
    if (!digits()) return 0;
  }
  return static_cast<std::size_t>(at - text.data());
}

enum class EscapeFault : std::uint8_t { none, unknown_escape, bad_hexadecimal, lone_surrogate };

struct Unescaped {
  EscapeFault fault = EscapeFault::none;
  std::size_t offset = 0;  // of the fault within the raw text
};

/// Appends the content of a JSON string (without its quotes) with its escapes resolved.
Unescaped unescape(std::string_view raw, std::string& out);

}  // namespace meridian::fhir::internal
