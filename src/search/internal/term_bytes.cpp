#include "search/internal/term_bytes.hpp"

#include <algorithm>

namespace meridian::search::internal {

bool is_plain(std::string_view text) {
  return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 4; });
}

std::string_view cut_text(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string after_prefix(std::string_view begin) {
  std::string end(begin);
  while (!end.empty() && static_cast<unsigned char>(end.back()) == 0xFF) end.pop_back();
  if (!end.empty()) end.back() = static_cast<char>(static_cast<unsigned char>(end.back()) + 1);
  return end;
}

void append_token(std::string& out, std::string_view folded_code, std::string_view system, bool is_implied) {
  out.append(folded_code).push_back(kEnd);
  if (is_implied) out.push_back(kMark);
  out.append(system);
}

void append_reference(std::string& out, const ReferenceValue& reference) {
  if (!reference.id.empty()) {
    out.append(reference.id).push_back(kEnd);
    out.append(reference.type);
    return;
  }
  out.push_back(kMark);
  out.append(reference.url).push_back(kEnd);
  out.append(reference.version);
}

void append_any_unit(std::string& out) {
  out.push_back('v');
}

void append_unit(std::string& out, std::string_view unit) {
  out.push_back('u');
  out.append(unit).push_back(kEnd);
}

void append_system_unit(std::string& out, std::string_view system, std::string_view code) {
  out.push_back('s');
  out.append(system).push_back(kEnd);
  out.append(code).push_back(kEnd);
}

void append_dimension(std::string& out, std::string_view dimension) {
  out.push_back('c');
  out.append(dimension).push_back(kEnd);
}

void append_cell(std::string& out, int latitude, int longitude) {
  for (const int degrees : {latitude + 90, longitude + 180}) {
    out.push_back(static_cast<char>(degrees >> 8));
    out.push_back(static_cast<char>(degrees));
  }
}

}  // namespace meridian::search::internal
