#include "http/headers.hpp"

#include <array>

#include "base/trim.hpp"

namespace meridian::http {
namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

constexpr bool is_token_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

// Every byte of every request's head is looked up here.
using ByteTable = std::array<bool, 256>;
constexpr ByteTable table_of(bool (*holds)(char)) {
  ByteTable table{};
  for (int i = 0; i < 256; ++i) table[static_cast<std::size_t>(i)] = holds(static_cast<char>(i));
  return table;
}
constexpr ByteTable kTokenChar = table_of(is_token_char);
constexpr ByteTable kControl = table_of([](char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
});

constexpr std::size_t kUsualBytes = 255;
constexpr std::size_t kUsualFields = 8;

}  // namespace

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

bool list_contains(std::string_view list, std::string_view member) {
  while (!list.empty()) {
    const std::size_t comma = list.find(',');
    if (equals_ignoring_case(without_blanks(list.substr(0, comma)), member)) return true;
    if (comma == std::string_view::npos) return false;
    list.remove_prefix(comma + 1);
  }
  return false;
}

bool is_token(std::string_view text) {
  for (const char c : text) {
    if (!kTokenChar[static_cast<unsigned char>(c)]) return false;
  }
  return !text.empty();
}

bool is_field_value(std::string_view text) {
  for (const char c : text) {
    if (kControl[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].name_size == name.size() && equals_ignoring_case((*this)[i].name, name)) return (*this)[i].value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const {
  std::size_t found = 0;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].name_size == name.size() && equals_ignoring_case((*this)[i].name, name)) ++found;
  }
  return found;
}

std::string Headers::joined(std::string_view name) const {
  std::string out;
  bool first = true;
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (places_[i].name_size != name.size()) continue;
    const Field field = (*this)[i];
    if (!equals_ignoring_case(field.name, name)) continue;
    if (!first) out += ", ";
    out += field.value;
    first = false;
  }
  return out;
}

void Headers::add(std::string_view name, std::string_view value) {
  if (is_token(name) && is_field_value(value)) add_checked(name, value);
}

void Headers::add_checked(std::string_view name, std::string_view value) {
  value = without_blanks(value);
  if (places_.capacity() == 0) {  // most messages have a few: all of them in these two pieces
    text_.reserve(kUsualBytes);
    places_.reserve(kUsualFields);
  }
  const auto at = static_cast<std::uint32_t>(text_.size());
  text_.append(name);
  text_.append(value);
  places_.push_back({at, static_cast<std::uint32_t>(name.size()), at + static_cast<std::uint32_t>(name.size()),
                     static_cast<std::uint32_t>(value.size())});
}

void Headers::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void Headers::remove(std::string_view name) {
  std::erase_if(places_, [&](const Place& place) {
    return equals_ignoring_case({text_.data() + place.name_at, place.name_size}, name);
  });
}

void Headers::clear() {
  text_.clear();
  places_.clear();
}

Field Headers::operator[](std::size_t index) const {
  const Place& place = places_[index];
  return {{text_.data() + place.name_at, place.name_size}, {text_.data() + place.value_at, place.value_size}};
}

}  // namespace meridian::http
