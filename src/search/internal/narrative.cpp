#include "search/internal/narrative.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <utility>

#include "base/utf8.hpp"

namespace meridian::search::internal {
namespace {

void append_entity(std::string_view name, std::string& out) {
  constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
      {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
  for (const auto& [known, character] : kNamed) {
    if (known == name) {
      out.push_back(character);
      return;
    }
  }
  if (name.starts_with('#')) {
    const bool is_hex = name.size() > 1 && (name[1] == 'x' || name[1] == 'X');
    const std::string_view digits = name.substr(is_hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, is_hex ? 16 : 10);
    if (error == std::errc() && end == digits.data() + digits.size()) {
      append_utf8(out, code);
      return;
    }
  }
  out.push_back(' ');
}

}  // namespace

std::string narrative_text(std::string_view xhtml) {
  std::string out;
  out.reserve(xhtml.size());
  while (!xhtml.empty()) {
    const std::size_t mark = std::min(xhtml.find_first_of("<&"), xhtml.size());
    out.append(xhtml.substr(0, mark));
    xhtml.remove_prefix(mark);
    if (xhtml.empty()) break;
    const bool is_tag = xhtml.front() == '<';
    const bool is_comment = xhtml.starts_with("<!--");
    const std::string_view closing = is_comment ? "-->" : is_tag ? ">" : ";";
    constexpr std::size_t kLongestEntity = 12;
    const std::size_t end = (is_tag ? xhtml : xhtml.substr(0, kLongestEntity)).find(closing);
    if (end == std::string_view::npos) {
      if (is_tag) break;
      out.push_back('&');
      xhtml.remove_prefix(1);
      continue;
    }
    if (is_tag) {
      out.push_back(' ');
    } else {
      append_entity(xhtml.substr(1, end - 1), out);
    }
    xhtml.remove_prefix(end + closing.size());
  }
  return out;
}

}  // namespace meridian::search::internal
