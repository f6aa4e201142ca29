#include "formats/fhir/json_writer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace meridian::fhir {

namespace {

constexpr std::array<bool, 256> kMustEscape = [] {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < 0x20; ++c) table[c] = true;
  table['"'] = table['\\'] = true;
  return table;
}();

constexpr std::uint64_t repeated(unsigned char byte) {
  return 0x0101010101010101U * byte;
}

/// Whether any of eight bytes is a quote, a backslash or below the space. Exact below 0x80; bytes above never count.
bool needs_escape(std::uint64_t word) {
  const auto zero_byte = [](std::uint64_t v) { return (v - repeated(1)) & ~v & repeated(0x80); };
  const std::uint64_t below_space = (word - repeated(0x20)) & ~word & repeated(0x80);
  return (below_space | zero_byte(word ^ repeated('"')) | zero_byte(word ^ repeated('\\'))) != 0;
}

/// Copies the beginning that needs no escape and says how long it is.
std::size_t copy_plain(std::string_view text, char* to) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if (needs_escape(word)) break;
    std::memcpy(to + at, &word, sizeof word);
  }
  if (at < text.size() && at + 8 > text.size() && text.size() >= 8) {
    // The last eight bytes, some of them again.
    const std::size_t last = text.size() - 8;
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + last, sizeof word);
    if (!needs_escape(word)) {
      std::memcpy(to + last, &word, sizeof word);
      return text.size();
    }
  }
  for (; at < text.size() && !kMustEscape[static_cast<unsigned char>(text[at])]; ++at) to[at] = text[at];
  return at;
}

constexpr std::size_t kLongestEscape = 6;

char* put_escape(char* to, char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  *to++ = '\\';
  switch (c) {
    case '"':
    case '\\':
      *to++ = c;
      break;
    case '\b':
      *to++ = 'b';
      break;
    case '\f':
      *to++ = 'f';
      break;
    case '\n':
      *to++ = 'n';
      break;
    case '\r':
      *to++ = 'r';
      break;
    case '\t':
      *to++ = 't';
      break;
    default:
      std::memcpy(to, "u00", 3);
      to[3] = kDigits[byte >> 4U];
      to[4] = kDigits[byte & 0xFU];
      to += 5;
  }
  return to;
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  constexpr std::size_t kChunk = 4096;
  out += '"';
  while (!text.empty()) {
    std::string_view chunk = text.substr(0, kChunk);
    text.remove_prefix(chunk.size());
    const std::size_t before = out.size();
    out.resize(before + chunk.size() * kLongestEscape);
    char* at = out.data() + before;
    for (;;) {
      const std::size_t plain = copy_plain(chunk, at);
      at += plain;
      if (plain == chunk.size()) break;
      at = put_escape(at, chunk[plain]);
      chunk.remove_prefix(plain + 1);
    }
    out.resize(static_cast<std::size_t>(at - out.data()));
  }
  out += '"';
}

std::string JsonWriter::take() && {
  out_.resize(used_);
  return std::move(out_);
}

char* JsonWriter::grow(std::size_t bytes) {
  constexpr std::size_t kLeast = 256;
  out_.resize(std::max({used_ + bytes, out_.size() * 2, kLeast}));
  return out_.data() + used_;
}

char* JsonWriter::new_line(char* at) const {
  *at++ = '\n';
  std::memset(at, ' ', std::size_t{depth_} * 2);
  return at + std::size_t{depth_} * 2;
}

/// Writes what stands between the value before and this one; there is room for `bytes` more behind it.
inline char* JsonWriter::before_value(std::size_t bytes) {
  char* at = room(bytes + std::size_t{depth_} * 2 + 2);
  if (has_key_) {
    has_key_ = false;
    return at;
  }
  if (needs_comma_) *at++ = ',';
  return style_ == JsonStyle::pretty && depth_ > 0 ? new_line(at) : at;
}

/// Writes the string at `at`, where there is room if nothing needs an escape, and makes room for `more` behind it.
inline char* JsonWriter::put_string(char* at, std::string_view prefix, std::string_view text, std::size_t more) {
  *at++ = '"';
  at = std::copy(prefix.begin(), prefix.end(), at);
  for (;;) {
    const std::size_t plain = copy_plain(text, at);
    at += plain;
    if (plain == text.size()) break;
    at = put_escape(at, text[plain]);
    text.remove_prefix(plain + 1);
    used_up_to(at);
    at = room(text.size() + kLongestEscape + 1 + more);
  }
  *at++ = '"';
  return at;
}

JsonWriter& JsonWriter::key(std::string_view prefix, std::string_view name) {
  char* at = before_value(prefix.size() + name.size() + kLongestEscape + 4);
  at = put_string(at, prefix, name, 2);
  *at++ = ':';
  if (style_ == JsonStyle::pretty) *at++ = ' ';
  used_up_to(at);
  has_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  char* at = before_value(text.size() + kLongestEscape + 2);
  used_up_to(put_string(at, {}, text, 0));
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  return raw({digits, static_cast<std::size_t>(result.ptr - digits)});
}

JsonWriter& JsonWriter::raw(std::string_view value) {
  char* at = before_value(value.size());
  used_up_to(std::copy(value.begin(), value.end(), at));
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin(char bracket) {
  char* at = before_value(1);
  *at++ = bracket;
  used_up_to(at);
  ++depth_;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  --depth_;
  char* at = room(std::size_t{depth_} * 2 + 2);
  if (style_ == JsonStyle::pretty && needs_comma_) at = new_line(at);
  *at++ = bracket;
  used_up_to(at);
  needs_comma_ = true;
  return *this;
}

void JsonWriter::clear() {
  used_ = 0;
  needs_comma_ = has_key_ = false;
  depth_ = 0;
}

}  // namespace meridian::fhir
