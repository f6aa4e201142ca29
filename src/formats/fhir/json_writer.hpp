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
  JsonWriter(JsonStyle style, std::string&& buffer) : out_(std::move(buffer)), style_(style) {}

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

  const std::string& text() const { return out_; }
  std::string take() && { return std::move(out_); }
  void clear();

 private:
  JsonWriter& begin(char bracket);
  JsonWriter& end(char bracket);
  void before_value();
  void new_line();

  std::string out_;
  JsonStyle style_;
  bool needs_comma_ = false;  // a value stands before, in the same container
  bool has_key_ = false;      // its key has just been written
  std::uint32_t depth_ = 0;
};

/// Appends a JSON string with its quotes.
void append_json_string(std::string& out, std::string_view text);

}  // namespace meridian::fhir
