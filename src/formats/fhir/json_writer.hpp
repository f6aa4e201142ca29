// JsonWriter: writes JSON into a string, token by token, as fast as it can be copied.
//
//   JsonWriter json;
//   json.begin_object();
//   json.key("resourceType").string("Patient");
//   json.key("active").boolean(true);
//   json.end_object();
//   std::string text = std::move(json).take();
//
// Commas and colons come by themselves; the order of calls is the caller's duty (a key before each value of an
// object, as many ends as begins). Numbers are written as the digits given, so nothing is rounded.
// Strings must be UTF-8 and are escaped as little as RFC 8259 allows: quotes, backslashes, control characters.
//
// Threads: one writer belongs to one thread.
// Specification: https://www.rfc-editor.org/rfc/rfc8259
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace meridian::fhir {

enum class JsonStyle : std::uint8_t {
  compact,  ///< no white space
  pretty,   ///< a line for each member and item, two spaces a level
};

class JsonWriter {
 public:
  explicit JsonWriter(JsonStyle style = JsonStyle::compact) : style_(style) {}
  /// Writes behind what the string already holds; its memory is used again.
  JsonWriter(JsonStyle style, std::string&& buffer) : out_(std::move(buffer)), used_(out_.size()), style_(style) {}

  JsonWriter& begin_object() { return begin('{'); }
  JsonWriter& end_object() { return end('}'); }
  JsonWriter& begin_array() { return begin('['); }
  JsonWriter& end_array() { return end(']'); }

  JsonWriter& key(std::string_view name) { return key({}, name); }
  /// The key with `prefix` before it: `_` and `birthDate`.
  JsonWriter& key(std::string_view prefix, std::string_view name);

  JsonWriter& string(std::string_view text);
  /// The digits of a number as they stand; they must be JSON's.
  JsonWriter& number(std::string_view digits) { return raw(digits); }
  JsonWriter& number(std::int64_t value);
  JsonWriter& boolean(bool value) { return raw(value ? "true" : "false"); }
  JsonWriter& null() { return raw("null"); }
  /// A whole JSON value as it stands.
  JsonWriter& raw(std::string_view value);

  std::string_view text() const { return {out_.data(), used_}; }
  std::string take() &&;
  void clear();

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  char* room(std::size_t bytes) { return out_.size() - used_ >= bytes ? out_.data() + used_ : grow(bytes); }
  char* grow(std::size_t bytes);
  void used_up_to(const char* end) { used_ = static_cast<std::size_t>(end - out_.data()); }
  char* before_value(std::size_t bytes);
  char* new_line(char* at) const;
  char* put_string(char* at, std::string_view prefix, std::string_view text, std::size_t more);

  std::string out_;  // room to write into; only the first used_ bytes are text
  std::size_t used_ = 0;
  JsonStyle style_;
  bool needs_comma_ = false;  // a value stands before, in the same container
  bool has_key_ = false;      // its key has just been written
  std::uint32_t depth_ = 0;
};

/// Appends a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace meridian::fhir
