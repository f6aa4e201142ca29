#include "formats/fhir/internal/json_value.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace meridian::fhir::internal {

namespace {

JsonValue value_of(const Tape& tape, std::uint32_t index) {
  const Record& record = tape.records[index];
  JsonValue value;
  value.kind = record.kind;
  if (!Tape::is_container(record)) {
    value.text = Tape::node(&tape, index).text();
    return value;
  }
  for (std::uint32_t at = index + 1; at < record.extent; at = tape.after(at)) {
    if (record.kind == JsonKind::array) {
      value.items.push_back(value_of(tape, at));
    } else {
      value.members.push_back({std::string(tape.unknown_key(at)), value_of(tape, at)});
    }
  }
  return value;
}

/// A number as sign, significant digits and the power of ten of the last of them.
struct Number {
  bool is_negative = false;
  std::string digits;  // without zeros at either end; empty: zero
  std::int64_t exponent = 0;
  bool operator==(const Number&) const = default;
};

Number number_of(std::string_view text) {
  constexpr std::int64_t kFar = std::numeric_limits<std::int64_t>::max() / 4;
  Number number;
  std::int64_t fraction = 0;
  bool in_fraction = false;
  std::size_t at = 0;
  if (text.starts_with('-')) number.is_negative = ++at > 0;
  for (; at < text.size() && text[at] != 'e' && text[at] != 'E'; ++at) {
    if (text[at] == '.') {
      in_fraction = true;
      continue;
    }
    if (!number.digits.empty() || text[at] != '0') number.digits += text[at];
    if (in_fraction) ++fraction;
  }
  if (at < text.size()) {
    ++at;
    const bool is_negative = text[at] == '-';
    if (is_negative || text[at] == '+') ++at;
    for (; at < text.size(); ++at) number.exponent = std::min(number.exponent * 10 + (text[at] - '0'), kFar / 10);
    if (is_negative) number.exponent = -number.exponent;
  }
  number.exponent -= fraction;
  while (number.digits.ends_with('0')) {
    number.digits.pop_back();
    ++number.exponent;
  }
  if (number.digits.empty()) return {};
  return number;
}

}  // namespace

JsonMember* JsonValue::find(std::string_view key) {
  const auto found = std::find_if(members.begin(), members.end(), [&](const JsonMember& m) { return m.key == key; });
  return found == members.end() ? nullptr : &*found;
}

const JsonMember* JsonValue::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(), [&](const JsonMember& m) { return m.key == key; });
  return found == members.end() ? nullptr : &*found;
}

std::size_t weight(const JsonValue& value) {
  std::size_t sum = 1 + value.text.size() / 64;
  for (const JsonValue& item : value.items) sum += weight(item);
  for (const JsonMember& member : value.members) sum += weight(member.value) + member.key.size() / 64;
  return sum;
}

std::size_t depth(const JsonValue& value) {
  if (value.kind != JsonKind::object && value.kind != JsonKind::array) return 0;
  std::size_t deepest = 0;
  for (const JsonValue& item : value.items) deepest = std::max(deepest, depth(item));
  for (const JsonMember& member : value.members) deepest = std::max(deepest, depth(member.value));
  return deepest + 1;
}

bool equal(const JsonValue& a, const JsonValue& b) {
  if (a.kind != b.kind || a.items.size() != b.items.size() || a.members.size() != b.members.size()) return false;
  if (a.kind == JsonKind::number) return a.text == b.text || number_of(a.text) == number_of(b.text);
  if (a.text != b.text) return false;
  if (!std::equal(a.items.begin(), a.items.end(), b.items.begin(), equal)) return false;
  // Sorted, so that objects with very many members stay cheap.
  const auto sorted = [](const JsonValue& object) {
    std::vector<const JsonMember*> members;
    members.reserve(object.members.size());
    for (const JsonMember& member : object.members) members.push_back(&member);
    std::sort(members.begin(), members.end(), [](const auto* one, const auto* other) { return one->key < other->key; });
    return members;
  };
  const auto ours = sorted(a);
  const auto theirs = sorted(b);
  return std::equal(ours.begin(), ours.end(), theirs.begin(), [](const JsonMember* one, const JsonMember* other) {
    return one->key == other->key && equal(one->value, other->value);
  });
}

bool read_json(std::string_view text, DocumentLimits limits, JsonValue& value, Issues& issues) {
  DocumentParser parser(Schema::r4(), limits);
  const Document document = parser.parse_as(TypeId::none, std::string(text), issues);
  if (!document.has_root()) return false;
  value = value_of(*static_cast<const Tape*>(document.root().document()), 0);
  return true;
}

void write_json(const JsonValue& value, JsonWriter& json) {
  switch (value.kind) {
    case JsonKind::object:
      json.begin_object();
      for (const JsonMember& member : value.members) {
        json.key(member.key);
        write_json(member.value, json);
      }
      json.end_object();
      break;
    case JsonKind::array:
      json.begin_array();
      for (const JsonValue& item : value.items) write_json(item, json);
      json.end_array();
      break;
    case JsonKind::null:
      json.null();
      break;
    case JsonKind::string:
      json.string(value.text);
      break;
    case JsonKind::number:
    case JsonKind::boolean:
      json.raw(value.text);
      break;
  }
}

}  // namespace meridian::fhir::internal
