#include "formats/fhir/internal/json_pointer.hpp"

#include <algorithm>
#include <charconv>

namespace meridian::fhir::internal {

std::optional<JsonPointer> parse_pointer(std::string_view text) {
  JsonPointer tokens;
  if (text.empty()) return tokens;
  if (text[0] != '/') return std::nullopt;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '/') {
      tokens.emplace_back();
    } else if (c != '~') {
      tokens.back() += c;
    } else {
      ++at;
      if (at == text.size() || (text[at] != '0' && text[at] != '1')) return std::nullopt;
      tokens.back() += text[at] == '0' ? '~' : '/';
    }
  }
  return tokens;
}

std::optional<std::size_t> array_index(std::string_view token, std::size_t size) {
  if (token.empty() || (token.size() > 1 && token[0] == '0')) return std::nullopt;
  if (!std::all_of(token.begin(), token.end(), [](char c) { return c >= '0' && c <= '9'; })) return std::nullopt;
  std::size_t index = 0;
  const auto result = std::from_chars(token.data(), token.data() + token.size(), index);
  if (result.ec != std::errc() || index >= size) return std::nullopt;
  return index;
}

JsonValue* follow(JsonValue& root, const JsonPointer& pointer, std::size_t steps, std::size_t& work) {
  JsonValue* at = &root;
  for (std::size_t i = 0; i < steps; ++i) {
    if (at->kind == JsonKind::object) {
      JsonMember* member = at->find(pointer[i]);
      work += member == nullptr ? at->members.size() : static_cast<std::size_t>(member - at->members.data());
      if (member == nullptr) return nullptr;
      at = &member->value;
    } else if (at->kind == JsonKind::array) {
      const auto index = array_index(pointer[i], at->items.size());
      if (!index) return nullptr;
      at = &at->items[*index];
    } else {
      return nullptr;
    }
  }
  return at;
}

}  // namespace meridian::fhir::internal
