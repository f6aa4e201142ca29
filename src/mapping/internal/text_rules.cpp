#include "mapping/internal/text_rules.hpp"

#include <algorithm>

#include "base/utf8.hpp"

namespace meridian::mapping::internal {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 && c != '\t' && c != '\r' && c != '\n';
}

}  // namespace

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), is_control) && is_valid_utf8(text);
}

std::string clean(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::size_t good = valid_utf8_prefix(text);
    for (const char c : text.substr(0, good)) {
      if (!is_control(c)) out += c;
    }
    text.remove_prefix(good);
    if (text.empty()) break;
    append_utf8(out, 0xFFFD);
    text.remove_prefix(1);
  }
  return out;
}

}  // namespace meridian::mapping::internal
