#include "formats/fhir/json_writer.hpp"

#include <array>
#include <charconv>
#include <cstring>

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

/// The length of the beginning that can be copied as it is.
std::size_t plain_length(std::string_view text) {
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    if (needs_escape(word)) break;
  }
  while (at < text.size() && !kMustEscape[static_cast<unsigned char>(text[at])]) ++at;
  return at;
}

void append_escape(std::string& out, char c) {
  constexpr char kDigits[] = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      out += "\\u00";
      out += kDigits[byte >> 4U];
      out += kDigits[byte & 0xFU];
  }
}

void append_escaped(std::string& out, std::string_view text) {
  for (;;) {
    const std::size_t plain = plain_length(text);
    out.append(text.substr(0, plain));
    if (plain == text.size()) return;
    append_escape(out, text[plain]);
    text.remove_prefix(plain + 1);
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  append_escaped(out, text);
  out += '"';
}

void JsonWriter::new_line() {
  out_ += '\n';
  out_.append(std::size_t{depth_} * 2, ' ');
}

inline void JsonWriter::before_value() {
  if (has_key_) {
    has_key_ = false;
    return;
  }
  if (needs_comma_) out_ += ',';
  if (style_ == JsonStyle::pretty && depth_ > 0) new_line();
}

JsonWriter& JsonWriter::key(std::string_view prefix, std::string_view name) {
  before_value();
  out_ += '"';
  out_ += prefix;
  append_escaped(out_, name);
  out_ += style_ == JsonStyle::pretty ? "\": " : "\":";
  has_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::string(std::string_view text) {
  before_value();
  append_json_string(out_, text);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::number(std::int64_t value) {
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  return raw({digits, static_cast<std::size_t>(result.ptr - digits)});
}

JsonWriter& JsonWriter::raw(std::string_view value) {
  before_value();
  out_.append(value);
  needs_comma_ = true;
  return *this;
}

JsonWriter& JsonWriter::begin(char bracket) {
  before_value();
  out_ += bracket;
  ++depth_;
  needs_comma_ = false;
  return *this;
}

JsonWriter& JsonWriter::end(char bracket) {
  --depth_;
  if (style_ == JsonStyle::pretty && needs_comma_) new_line();
  out_ += bracket;
  needs_comma_ = true;
  return *this;
}

void JsonWriter::clear() {
  out_.clear();
  needs_comma_ = has_key_ = false;
  depth_ = 0;
}

}  // namespace meridian::fhir
