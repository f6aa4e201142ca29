#include "formats/genomics/internal/values.hpp"

#include <algorithm>

#include "formats/genomics/internal/text.hpp"

namespace meridian::genomics::internal {
namespace {

/// Behind a sign.
bool is_special(std::string_view text) {
  const auto is = [&](std::string_view word) {
    return text.size() == word.size() &&
           std::equal(text.begin(), text.end(), word.begin(), [](char a, char b) { return (a | 0x20) == b; });
  };
  return is("inf") || is("nan") || is("infinity");
}

/// As scan_values, in one pass: most values of samples are integers.
ValueScan scan_integers(std::string_view text) {
  ValueScan scan;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    ++scan.count;
    const bool has_sign = at != end && (*at == '-' || *at == '+');
    scan.is_negative |= has_sign && *at == '-';
    if (has_sign) ++at;
    const char* const first = at;
    std::uint64_t value = 0;
    for (; at != end && is_digit(*at); ++at) value = value * 10 + static_cast<std::uint64_t>(*at - '0');
    const bool is_missing = at == first && !has_sign && at != end && *at == '.';
    if (is_missing) ++at;
    scan.is_type &= is_missing || (at != first && at - first <= 10 && value <= 2'147'483'647);
    if (at != end && *at != ',') {
      scan.is_type = false;
      while (at != end && *at != ',') ++at;
    }
    if (at == end) return scan;
    ++at;
  }
}

}  // namespace

bool is_float(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at != end && (*at == '-' || *at == '+')) ++at;
  const char* const first = at;
  while (at != end && is_digit(*at)) ++at;
  auto digits = at - first;
  if (at != end && *at == '.') {
    const char* const point = ++at;
    while (at != end && is_digit(*at)) ++at;
    digits += at - point;
  }
  if (digits == 0) return is_special({first, static_cast<std::size_t>(end - first)});
  if (at == end) return true;
  if ((*at | 0x20) != 'e') return false;
  ++at;
  if (at != end && (*at == '-' || *at == '+')) ++at;
  const char* const exponent = at;
  while (at != end && is_digit(*at)) ++at;
  return at == end && at != exponent;
}

ValueScan scan_values(std::string_view text, ValueType type) {
  ValueScan scan;
  if (text == ".") return {1, true, false, true};
  if (type == ValueType::integer) return scan_integers(text);
  const char* at = text.data();
  const char* const end = at + text.size();
  while (true) {
    const char* stop = at;
    while (stop != end && *stop != ',') ++stop;
    const std::string_view value(at, static_cast<std::size_t>(stop - at));
    ++scan.count;
    if (value.empty()) {
      scan.is_type = false;
    } else if (value != ".") {
      switch (type) {
        case ValueType::floating:
          scan.is_type &= is_float(value);
          scan.is_negative |= value[0] == '-';
          break;
        case ValueType::character:
          // One letter, of however many bytes, or one that is encoded.
          scan.is_type &= value.size() == 1 || (value.size() == 3 && value[0] == '%') ||
                          (value.size() <= 4 && (value[0] & 0x80) != 0);
          break;
        default:
          break;
      }
    }
    if (stop == end) return scan;
    at = stop + 1;
  }
}

}  // namespace meridian::genomics::internal
