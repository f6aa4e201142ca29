#include "mapping/record.hpp"

#include <algorithm>
#include <limits>
#include <unordered_map>

#include "base/trim.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/tree/json.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/internal/plan.hpp"
#include "mapping/internal/record_value.hpp"
#include "mapping/internal/values.hpp"

namespace meridian::mapping {
namespace {

constexpr std::size_t kMostFound = 100;

const internal::MessageMap* find(const internal::Plan& plan, std::string_view map) {
  const auto found = plan.records.find(map);
  return found == plan.records.end() ? nullptr : &plan.messages[static_cast<std::size_t>(found->second)];
}

std::vector<std::string> texts(const internal::Plan& plan, const internal::SourcePath& path,
                               const tree::Document& record) {
  std::vector<internal::PlaceValue> found;
  internal::find_places(plan.places[static_cast<std::size_t>(path.place)], record.root(), kMostFound, found);
  std::vector<std::string> out;
  for (const internal::PlaceValue& value : found) {
    if (const std::string_view text = trimmed(value.text()); !text.empty()) out.emplace_back(text);
  }
  return out;
}

void write(tree::Element element, fhir::JsonWriter& json);

void write_members(tree::Element element, fhir::JsonWriter& json) {
  std::vector<std::vector<tree::Element>> groups;
  std::unordered_map<std::string_view, std::size_t> known;
  for (tree::Element child = element.first_child(); child; child = child.next()) {
    if (child.name().empty()) continue;
    const auto [at, is_new] = known.emplace(child.name(), groups.size());
    if (is_new) groups.emplace_back();
    groups[at->second].push_back(child);
  }
  for (const auto& [name, value] : element.attributes()) {
    if (!known.contains(name)) json.key(name).string(value);
  }
  for (const std::vector<tree::Element>& group : groups) {
    json.key(group.front().name());
    if (group.size() > 1) json.begin_array();
    for (const tree::Element child : group) write(child, json);
    if (group.size() > 1) json.end_array();
  }
  if (const std::string_view text = element.text(); !text.empty() && !known.contains("text")) {
    json.key("text").string(text);
  }
}

void write(tree::Element element, fhir::JsonWriter& json) {
  bool has_elements = false;
  for (tree::Element child = element.first_child(); child && !has_elements; child = child.next()) {
    has_elements = !child.name().empty();
  }
  if (!has_elements && !element.has_attributes()) {
    json.string(element.text());
    return;
  }
  json.begin_object();
  write_members(element, json);
  json.end_object();
}

}  // namespace

bool has_record_map(const Catalogue& catalogue, std::string_view map) {
  return find(catalogue.plan(), map) != nullptr;
}

std::vector<std::string_view> record_maps(const Catalogue& catalogue) {
  std::vector<std::string_view> names;
  for (const auto& [name, index] : catalogue.plan().records) names.push_back(name);
  return names;
}

RecordHeader read_record_header(const Catalogue& catalogue, std::string_view map, const tree::Document& record,
                                const TimeZone& zone) {
  RecordHeader header;
  const internal::Plan& plan = catalogue.plan();
  const internal::MessageMap* found = find(plan, map);
  if (found == nullptr) return header;
  bool has_all = !found->record_id.empty();
  for (const internal::SourcePath& path : found->record_id) {
    const std::vector<std::string> parts = texts(plan, path, record);
    has_all = has_all && !parts.empty();
    if (!header.id.empty()) header.id += '|';
    if (!parts.empty()) header.id += parts.front();
  }
  if (!has_all) header.id.clear();  // others may have the same part of it
  for (const internal::SourcePath& path : found->record_order) {
    for (std::string& text : texts(plan, path, record)) header.order.push_back(std::move(text));
  }
  for (const internal::SourcePath& path : found->record_time) {
    for (const std::string& text : texts(plan, path, record)) {
      const std::int64_t time =
          internal::microseconds(internal::compact_time(text, internal::DateOrder::year_first), zone);
      if (!header.time && time != std::numeric_limits<std::int64_t>::min()) header.time = time;
    }
  }
  return header;
}

tree::Document read_record(std::string_view json, Issues& issues) {
  tree::JsonOptions options;
  options.root = "record";
  options.has_simple_names = true;
  return tree::read_json(json, options, issues);
}

bool is_record_path(std::string_view path) {
  const std::optional<internal::Place> place = internal::read_place(path);
  return place && place->attribute.empty();
}

std::vector<tree::Element> find_records(const tree::Document& document, std::string_view path) {
  std::vector<tree::Element> elements;
  const std::optional<internal::Place> place = internal::read_place(path);
  if (!place) return elements;
  std::vector<internal::PlaceValue> found;
  internal::find_places(*place, document.root(), document.element_count(), found);
  elements.reserve(found.size());
  for (const internal::PlaceValue& value : found) elements.push_back(value.element);
  return elements;
}

std::string to_json(tree::Element element) {
  fhir::JsonWriter json;
  json.begin_object();
  write_members(element, json);
  json.end_object();
  return std::move(json).take();
}

}  // namespace meridian::mapping
