#include "rest/internal/members.hpp"

namespace meridian::rest {
namespace {

constexpr std::string_view kWhite = " \t\r\n";

std::size_t skip_white(std::string_view text, std::size_t at) {
  const std::size_t found = text.find_first_not_of(kWhite, at);
  return found == std::string_view::npos ? text.size() : found;
}

/// After the string whose quote stands at `at`.
std::size_t string_end(std::string_view text, std::size_t at) {
  for (++at; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      return at + 1;
    }
  }
  return text.size();
}

}  // namespace

std::size_t value_end(std::string_view text, std::size_t begin) {
  if (begin >= text.size()) return text.size();
  if (text[begin] == '"') return string_end(text, begin);
  if (text[begin] != '{' && text[begin] != '[') {
    const std::size_t end = text.find_first_of(",]} \t\r\n", begin);
    return end == std::string_view::npos ? text.size() : end;
  }
  std::size_t depth = 0;
  for (std::size_t at = begin; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      at = string_end(text, at);
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if ((c == '}' || c == ']') && --depth == 0) return at + 1;
    ++at;
  }
  return text.size();
}

std::vector<Member> members_of(std::string_view object) {
  std::vector<Member> members;
  std::size_t at = skip_white(object, 0);
  if (at >= object.size() || object[at] != '{') return members;
  at = skip_white(object, at + 1);
  while (at < object.size() && object[at] == '"') {
    const std::size_t key_end = string_end(object, at);
    Member member;
    member.key = object.substr(at + 1, key_end - at - 2);
    at = skip_white(object, skip_white(object, key_end) + 1);
    member.value = value_at(object, at);
    members.push_back(member);
    at = skip_white(object, at + member.value.size());
    if (at >= object.size() || object[at] != ',') break;
    at = skip_white(object, at + 1);
  }
  return members;
}

std::string_view member_of(std::string_view object, std::string_view key) {
  for (const Member& member : members_of(object)) {
    if (member.key == key) return member.value;
  }
  return {};
}

std::vector<std::string_view> items_of(std::string_view array) {
  std::vector<std::string_view> items;
  std::size_t at = skip_white(array, 0);
  if (at >= array.size() || array[at] != '[') return items;
  at = skip_white(array, at + 1);
  while (at < array.size() && array[at] != ']') {
    items.push_back(value_at(array, at));
    at = skip_white(array, at + items.back().size());
    if (at >= array.size() || array[at] != ',') break;
    at = skip_white(array, at + 1);
  }
  return items;
}

}  // namespace meridian::rest
