#include "fhirpath/internal/patch_place.hpp"

#include <algorithm>

#include "formats/fhir/json.hpp"

namespace meridian::fhirpath::internal {

namespace {

bool is_primitive(fhir::Node node) {
  return node.type() != fhir::TypeId::none && node.schema().type(node.type()).primitive != fhir::Primitive::none;
}

/// The id and extensions of a primitive as the object that JSON writes beside it.
std::string companion_of(fhir::Node primitive) {
  if (!primitive.has_children()) return {};
  fhir::JsonWriter json;
  json.begin_object();
  const fhir::Node id = primitive.child("id");
  if (id) json.key("id").raw(fhir::write_json(id));
  const fhir::NameId extension = primitive.schema().find_name("extension");
  bool is_open = false;
  for (const fhir::Node child : primitive.children(extension)) {
    if (!is_open) json.key("extension").begin_array();
    is_open = true;
    json.raw(fhir::write_json(child));
  }
  if (is_open) json.end_array();
  json.end_object();
  return std::move(json).take();
}

/// RFC 6901: ~ and / in a name.
std::string escaped(std::string_view key) {
  std::string out;
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

std::string pointer_to(fhir::Node node) {
  std::string pointer;
  for (fhir::Node at = node; at; at = at.parent()) {
    if (!at.parent()) break;
    std::string part = "/" + escaped(at.key());
    if (at.is_in_json_array()) part += "/" + std::to_string(std::max(at.index(), 0));
    pointer.insert(0, part);
  }
  return pointer;
}

std::string array_of(const std::vector<PatchItem>& items, std::string PatchItem::* half) {
  std::string out = "[";
  for (const PatchItem& item : items) {
    if (out.size() > 1) out += ",";
    out += (item.*half).empty() ? "null" : item.*half;
  }
  return out + "]";
}

void write_operation(fhir::JsonWriter& json, std::string_view op, const std::string& path, const std::string* value) {
  json.begin_object();
  json.key("op").string(op);
  json.key("path").string(path);
  if (value != nullptr) json.key("value").raw(*value);
  json.end_object();
}

}  // namespace

PatchItem item_of(fhir::Node node) {
  PatchItem item;
  if (!is_primitive(node)) {
    item.value = fhir::write_json(node);
    return item;
  }
  if (node.has_value()) item.value = fhir::write_json(node);
  item.companion = companion_of(node);
  return item;
}

bool find_place(fhir::Node parent, std::string_view name, PatchPlace& place) {
  const fhir::ElementInfo* element = parent.schema().find_element(parent.type(), name);
  if (element == nullptr) return false;
  place.parent = parent;
  place.is_list = element->is_list();
  for (const fhir::Node child : parent.children(element->name)) {
    place.key = std::string(child.key());
    place.items.push_back(item_of(child));
  }
  place.new_key = place.key;
  return true;
}

std::string json_patch(const PatchPlace& place) {
  const std::string parent = pointer_to(place.parent);
  // What the document has now, under both keys.
  bool has_value = false;
  bool has_companion = false;
  if (!place.key.empty()) {
    for (const fhir::Node child : place.parent.children()) {
      if (child.key() != place.key) continue;
      has_value = has_value || child.has_value() || !is_primitive(child);
      has_companion = has_companion || (is_primitive(child) && child.has_children());
    }
  }
  auto wants = [&](std::string PatchItem::* half) {
    return std::any_of(place.items.begin(), place.items.end(),
                       [half](const PatchItem& item) { return !(item.*half).empty(); });
  };
  fhir::JsonWriter json;
  json.begin_array();
  auto write_half = [&](std::string_view prefix, std::string PatchItem::* half, bool is_there) {
    const std::string before = parent + "/" + std::string(prefix) + escaped(place.key);
    const std::string after = parent + "/" + std::string(prefix) + escaped(place.new_key);
    const bool wanted = wants(half);
    if (is_there && (!wanted || before != after)) write_operation(json, "remove", before, nullptr);
    if (!wanted) return;
    const std::string value = place.is_list ? array_of(place.items, half) : place.items.front().*half;
    write_operation(json, is_there && before == after ? "replace" : "add", after, &value);
  };
  write_half("", &PatchItem::value, has_value);
  write_half("_", &PatchItem::companion, has_companion);
  json.end_array();
  return std::move(json).take();
}

}  // namespace meridian::fhirpath::internal
