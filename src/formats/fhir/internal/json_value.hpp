// JsonValue: any JSON as a tree that can be changed; for patches.
//
// Depth is bounded by DocumentLimits::kDeepest where trees are made, so that walking and destroying may recurse.
#pragma once

#include <string>
#include <vector>

#include "formats/fhir/document.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::fhir::internal {

struct JsonMember;

struct JsonValue {
  JsonKind kind = JsonKind::null;
  std::string text;  // of a string, escapes resolved; the digits of a number; true, false
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  // in their order

  JsonMember* find(std::string_view key);
  const JsonMember* find(std::string_view key) const;
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

/// What a tree costs: its values, and its texts at 64 bytes each.
std::size_t weight(const JsonValue& value);
/// Containers from the value to its deepest descendant; 0 for a scalar.
std::size_t depth(const JsonValue& value);
/// Members in any order; numbers by their value, so that 1.0 equals 1.00 (RFC 6902, 4.6).
bool equal(const JsonValue& a, const JsonValue& b);

/// Reads any JSON. False, and a fatal issue, when the text is not JSON or passes the limits.
bool read_json(std::string_view text, DocumentLimits limits, JsonValue& value, Issues& issues);
void write_json(const JsonValue& value, JsonWriter& json);

}  // namespace meridian::fhir::internal
