#include "mapping/merge.hpp"

#include <algorithm>
#include <limits>
#include <map>

#include "formats/fhir/json_writer.hpp"
#include "mapping/internal/json_parts.hpp"
#include "mapping/internal/origins.hpp"
#include "mapping/internal/timeline.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::mapping {
namespace {

using internal::Entry;
using internal::json_items;
using internal::json_members;

/// What the present version holds of one element: its members (`value…`, `_value…`) and, of a list, the items.
struct Present {
  std::string_view key;
  std::string_view value;
  std::string_view companion;  // the `_key` member, whole
};

std::string element_of(std::string_view key) {
  return std::string(key.substr(0, key.find_first_of(".@[#")));
}

/// An entry of something that no message gave: older than any.
Entry unowned(SlotKind kind, std::string key, std::string json, std::uint32_t items) {
  Entry entry;
  entry.kind = kind;
  entry.key = std::move(key);
  entry.json = std::move(json);
  entry.items = items;
  entry.is_owned = false;
  entry.stamp.time = std::numeric_limits<std::int64_t>::min();
  return entry;
}

std::string joined(const std::vector<std::string_view>& items, std::size_t first, std::size_t count) {
  std::string out;
  for (std::size_t i = first; i < first + count; ++i) {
    if (i > first) out += ',';
    out += items[i];
  }
  return out;
}

std::string member_text(const Present& present) {
  std::string out = "\"" + std::string(present.key) + "\":" + std::string(present.value);
  if (present.value.empty()) return std::string(present.companion);
  if (!present.companion.empty()) out += ',' + std::string(present.companion);
  return out;
}

/// The order of a list's entries, the same whatever came first.
bool comes_before(const Entry& a, const Entry& b) {
  if (a.kind != b.kind) return a.kind < b.kind;
  if (a.is_owned != b.is_owned) return !a.is_owned;
  if (a.kind == SlotKind::source) {
    const int segments = std::string_view(a.origin.segment).compare(b.origin.segment);
    if (segments != 0) return segments < 0;
    if (a.origin.field != b.origin.field) return a.origin.field < b.origin.field;
    return a.key < b.key;
  }
  return a.stamp != b.stamp ? a.stamp < b.stamp : false;
}

}  // namespace

struct Merger::State {
  State(std::shared_ptr<const MergeRules> shared, const fhir::Schema& of) : rules(std::move(shared)), schema(of) {}

  /// Name of the element that a JSON key means; unknown keys stand for themselves.
  std::string element_name(fhir::TypeId type, std::string_view key) const {
    const fhir::KeyMatch match = schema.find_key(type, key);
    return std::string(match ? schema.name(match.name) : key);
  }
  const fhir::ElementInfo* element(fhir::TypeId type, const std::string& name) const {
    return schema.find_element(type, name);
  }
  const MergeRule& rule(fhir::TypeId type, const std::string& name) const {
    const fhir::ElementInfo* info = element(type, name);
    static const MergeRule standard;
    return info == nullptr ? standard : rules->rule(type, info->name);
  }

  void read_present(fhir::TypeId type, std::string_view json, std::vector<Entry>& entries) const;
  void read_list(const MergeRule& rule, const std::string& name, const Present& present,
                 std::vector<Entry>& entries) const;
  struct Group {
    std::uint32_t order;
    std::string name;
    std::vector<const Entry*> entries;
  };
  std::vector<Group> groups(fhir::TypeId type, const std::vector<Entry>& entries) const;
  std::string render(fhir::TypeId type, const std::string& id, const std::vector<Entry>& entries) const;
  void render_list(std::vector<const Entry*> list, const std::vector<Entry>& all, std::string& out) const;

  std::shared_ptr<const MergeRules> rules;
  const fhir::Schema& schema;
};

/// Gives the entries of the origins their content from the present version; what does not fit, because somebody else
/// changed it, becomes unowned.
void Merger::State::read_present(fhir::TypeId type, std::string_view json, std::vector<Entry>& entries) const {
  std::map<std::string, Present> elements;
  for (const auto& [key, value] : json_members(json)) {
    if (key == "resourceType" || key == "id") continue;
    const bool is_companion = key.starts_with('_');
    const std::string_view base = is_companion ? key.substr(1) : key;
    Present& present = elements[element_name(type, base)];
    if (is_companion) {
      present.companion =
          std::string_view(key.data() - 1, static_cast<std::size_t>(value.data() + value.size() - (key.data() - 1)));
    } else {
      present.value = value;
    }
    present.key = base;
  }
  std::erase_if(entries, [&](const Entry& entry) {
    return !entry.is_deleted && entry.kind != SlotKind::timeline && !elements.contains(element_of(entry.key));
  });
  for (const auto& [name, present] : elements) {
    const MergeRule& rule = this->rule(type, name);
    if (present.value.starts_with('[')) {
      read_list(rule, name, present, entries);
      continue;
    }
    const auto of = [&entries](const std::string& key) {
      return std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == key; });
    };
    if (rule.kind == MergeKind::members && present.value.starts_with('{')) {
      for (const auto& [key, value] : json_members(present.value)) {
        const std::string member = "\"" + std::string(key) + "\":" + std::string(value);
        const auto entry = of(name + '.' + std::string(key));
        if (entry == entries.end()) {
          entries.push_back(unowned(SlotKind::member, name + '.' + std::string(key), member, 1));
        } else {
          entry->json = member;
          entry->is_deleted = false;
        }
      }
      std::erase_if(entries, [&](const Entry& entry) {
        return entry.kind == SlotKind::member && !entry.is_deleted && entry.json.empty() &&
               element_of(entry.key) == name;
      });
      continue;
    }
    const auto entry = of(name);
    if (entry == entries.end()) {
      entries.push_back(unowned(SlotKind::element, name, member_text(present), 1));
    } else {
      entry->json = member_text(present);
      entry->is_deleted = false;
    }
  }
}

void Merger::State::read_list(const MergeRule& rule, const std::string& name, const Present& present,
                              std::vector<Entry>& entries) const {
  const std::vector<std::string_view> items = json_items(present.value);
  std::vector<Entry*> known;
  std::vector<const Entry*> timeline;
  std::size_t expected = 0;
  for (Entry& entry : entries) {
    if (entry.is_deleted || element_of(entry.key) != name) continue;
    if (entry.kind == SlotKind::timeline) {
      timeline.push_back(&entry);
    } else {
      known.push_back(&entry);
      expected += entry.items;
    }
  }
  std::stable_sort(known.begin(), known.end(), [](const Entry* a, const Entry* b) { return comes_before(*a, *b); });
  const std::size_t shown = internal::shown_of_timeline(timeline);
  // Unowned items stand first.
  const std::size_t foreign = items.size() >= expected + shown ? items.size() - expected - shown : 0;
  const bool fits = items.size() >= expected + shown && present.companion.empty();
  if (!fits) {
    std::erase_if(entries, [&](const Entry& entry) { return !entry.is_deleted && element_of(entry.key) == name; });
  }
  std::size_t at = fits ? foreign : items.size();
  if (rule.kind == MergeKind::item) {
    for (std::size_t i = 0; i < at; ++i) {
      std::string key = name + '[';
      for (std::size_t k = 0; k < rule.key.size(); ++k) {
        if (k > 0) key += '|';
        key += internal::json_text_at(items[i], rule.key[k]);
      }
      entries.push_back(unowned(SlotKind::item, key + ']', std::string(items[i]), 1));
    }
  }
  if (fits) {
    for (Entry* entry : known) {
      entry->json = joined(items, at, entry->items);
      at += entry->items;
    }
  }
  if (rule.kind != MergeKind::item && (fits ? foreign : items.size()) > 0) {
    const std::size_t count = fits ? foreign : items.size();
    Entry rest = unowned(SlotKind::source, name + "@", joined(items, 0, count), static_cast<std::uint32_t>(count));
    entries.push_back(std::move(rest));
  }
}

/// What there is, by element, in the order of the schema.
std::vector<Merger::State::Group> Merger::State::groups(fhir::TypeId type, const std::vector<Entry>& entries) const {
  std::vector<Group> groups;
  for (const Entry& entry : entries) {
    if (entry.is_deleted || entry.json.empty()) continue;
    const std::string name = element_of(entry.key);
    auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == name; });
    if (group == groups.end()) {
      const fhir::ElementInfo* info = element(type, name);
      const std::uint32_t order =
          info == nullptr ? std::numeric_limits<std::uint32_t>::max() : static_cast<std::uint32_t>(info->id);
      group = groups.insert(groups.end(), {order, name, {}});
    }
    group->entries.push_back(&entry);
  }
  std::stable_sort(groups.begin(), groups.end(), [](const Group& a, const Group& b) {
    return a.order != b.order ? a.order < b.order : a.name < b.name;
  });
  return groups;
}

std::string Merger::State::render(fhir::TypeId type, const std::string& id, const std::vector<Entry>& entries) const {
  std::string out = "{\"resourceType\":\"" + std::string(schema.type(type).name) + "\",\"id\":\"" + id + '"';
  for (const Group& group : groups(type, entries)) {
    const SlotKind kind = group.entries.front()->kind;
    if (kind == SlotKind::element) {
      out += ',' + group.entries.front()->json;
    } else if (kind == SlotKind::member) {
      std::vector<const Entry*> members = group.entries;
      const fhir::ElementInfo* info = element(type, group.name);
      const auto order = [&](const Entry* entry) {
        const fhir::KeyMatch match =
            schema.find_key(info->types.front().type, std::string_view(entry->key).substr(group.name.size() + 1));
        return std::pair(match ? static_cast<int>(match.element) : 0xFFFF, std::string_view(entry->key));
      };
      std::sort(members.begin(), members.end(), [&](const Entry* a, const Entry* b) { return order(a) < order(b); });
      out += ",\"" + group.name + "\":{";
      for (std::size_t i = 0; i < members.size(); ++i) out += (i > 0 ? "," : "") + members[i]->json;
      out += '}';
    } else {
      std::string list;
      render_list(group.entries, entries, list);
      if (!list.empty()) out += ",\"" + group.name + "\":[" + list + ']';
    }
  }
  return out + '}';
}

void Merger::State::render_list(std::vector<const Entry*> list, const std::vector<Entry>& all, std::string& out) const {
  std::vector<const Entry*> timeline;
  std::erase_if(list, [&](const Entry* entry) {
    if (entry->kind == SlotKind::timeline) timeline.push_back(entry);
    return entry->kind == SlotKind::timeline;
  });
  std::stable_sort(list.begin(), list.end(), [](const Entry* a, const Entry* b) { return comes_before(*a, *b); });
  for (const Entry* entry : list) {
    if (!out.empty()) out += ',';
    out += entry->json;
  }
  if (timeline.empty()) return;
  std::string_view end;
  for (const Entry& entry : all) {
    if (entry.key == "period.end" && !entry.is_deleted) end = entry.json;
  }
  const std::string shown = internal::render_timeline(timeline, end);
  if (!out.empty() && !shown.empty()) out += ',';
  out += shown;
}

Merger::Merger(std::shared_ptr<const MergeRules> rules, const fhir::Schema& schema)
    : state_(std::make_unique<State>(std::move(rules), schema)) {}
Merger::~Merger() = default;
Merger::Merger(Merger&&) noexcept = default;
Merger& Merger::operator=(Merger&&) noexcept = default;

Result<Merged> Merger::merge(std::string_view present, std::string_view origins, const Write& write) {
  std::vector<Entry> entries = TRY(internal::decode_origins(origins));
  if (!present.empty()) {
    if (json_members(present).empty()) return fail(ErrorCode::malformed_input, "the present version is no JSON object");
    state_->read_present(write.type(), present, entries);
  }
  for (std::size_t i = 0; i < write.size(); ++i) {
    const Slot slot = write.slot(i);
    const auto known =
        std::find_if(entries.begin(), entries.end(), [&](const Entry& entry) { return entry.key == slot.key; });
    if (known != entries.end()) {
      const bool is_newer = slot.rank != known->rank ? slot.rank > known->rank : !(write.stamp() < known->stamp);
      if (!is_newer) continue;
      entries.erase(known);
    }
    Entry entry;
    entry.kind = slot.kind;
    entry.rank = slot.rank;
    entry.is_deleted = slot.json.empty();
    entry.items = slot.items;
    entry.key = slot.key;
    entry.json = slot.json;
    entry.stamp = write.stamp();
    entry.origin = slot.origin;
    // One element is cut one way: what stands there cut otherwise gives way.
    const std::string name = element_of(slot.key);
    if (slot.kind == SlotKind::element || slot.kind == SlotKind::member) {
      std::erase_if(entries,
                    [&](const Entry& other) { return other.kind != slot.kind && element_of(other.key) == name; });
    } else if (slot.kind == SlotKind::source || slot.kind == SlotKind::timeline) {
      std::erase_if(entries, [&](const Entry& other) { return !other.is_owned && element_of(other.key) == name; });
    }
    entries.push_back(std::move(entry));
  }
  Merged merged;
  merged.json = state_->render(write.type(), write.id().to_string(), entries);
  merged.changed = merged.json != present;
  // A canonical order, so that equal states are equal bytes.
  std::stable_sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    const std::string first = element_of(a.key);
    const std::string second = element_of(b.key);
    return first != second ? first < second : comes_before(a, b);
  });
  merged.origins = internal::encode_origins(entries);
  return merged;
}

Result<std::vector<ElementOrigin>> Merger::explain(fhir::TypeId type, std::string_view present,
                                                   std::string_view origins) {
  std::vector<Entry> entries = TRY(internal::decode_origins(origins));
  if (json_members(present).empty()) return fail(ErrorCode::malformed_input, "the present version is no JSON object");
  state_->read_present(type, present, entries);
  const std::string root(state_->schema.type(type).name);
  std::vector<ElementOrigin> out;
  for (State::Group& group : state_->groups(type, entries)) {
    std::stable_sort(group.entries.begin(), group.entries.end(),
                     [](const Entry* a, const Entry* b) { return comes_before(*a, *b); });
    std::size_t item = 0;
    for (const Entry* entry : group.entries) {
      const std::string path = root + '.' + group.name;
      const auto add = [&](std::string where) {
        if (entry->is_owned) out.push_back({std::move(where), entry->stamp, entry->rank, entry->origin});
      };
      switch (entry->kind) {
        case SlotKind::element:
          add(path);
          break;
        case SlotKind::member:
          add(root + '.' + entry->key);
          break;
        case SlotKind::source:
        case SlotKind::item:
          for (std::uint32_t i = 0; i < entry->items; ++i) add(path + '[' + std::to_string(item++) + ']');
          break;
        case SlotKind::timeline:
          add(path);  // shown is where it changed: an observation may be part of an item, or of none
          break;
      }
    }
  }
  return out;
}

}  // namespace meridian::mapping
