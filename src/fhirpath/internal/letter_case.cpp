#include "fhirpath/internal/letter_case.hpp"

#include "base/utf8.hpp"

namespace meridian::fhirpath::internal {

namespace {

struct Range {
  char32_t first;  // of the capitals
  char32_t last;
  char32_t distance;  // from a capital to its small letter; 1: they alternate
};

constexpr Range kRanges[] = {
    {U'A', U'Z', 32},  {0xC0, 0xD6, 32},   {0xD8, 0xDE, 32},   {0x100, 0x12E, 1},  {0x132, 0x136, 1},
    {0x14A, 0x176, 1}, {0x391, 0x3A1, 32}, {0x3A3, 0x3AB, 32}, {0x410, 0x42F, 32}, {0x400, 0x40F, 80},
    {0x460, 0x480, 1}, {0x48A, 0x4BE, 1},  {0x4D0, 0x52E, 1},
};

char32_t to_lower(char32_t c) {
  for (const Range& range : kRanges) {
    if (c >= range.first && c <= range.last && (range.distance != 1 || (c - range.first) % 2 == 0))
      return c + range.distance;
  }
  return c;
}

char32_t to_upper(char32_t c) {
  for (const Range& range : kRanges) {
    const char32_t capital = c - range.distance;
    if (c < range.distance || capital < range.first || capital > range.last) continue;
    if (range.distance != 1 || (capital - range.first) % 2 == 0) return capital;
  }
  return c;
}

template <typename Map>
std::string mapped(std::string_view text, Map map) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) append_utf8(out, map(next_code_point(text, at)));
  return out;
}

}  // namespace

std::string upper_case(std::string_view text) {
  return mapped(text, to_upper);
}
std::string lower_case(std::string_view text) {
  return mapped(text, to_lower);
}

}  // namespace meridian::fhirpath::internal
