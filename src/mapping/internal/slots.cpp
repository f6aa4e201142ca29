#include "mapping/internal/slots.hpp"

#include <algorithm>

namespace meridian::mapping::internal {
namespace {

class Cutter {
 public:
  Cutter(const Builder& builder, const fhir::Schema& schema, const MergeRules& rules)
      : builder_(builder), schema_(schema), rules_(rules) {}

  void cut(const OutResource& resource, Write& write) {
    resource_ = &resource;
    write_ = &write;
    for (NodeIndex i = builder_.node(resource.root).first; i != kNoNode; i = builder_.node(i).next) {
      if (builder_.has_content(i)) element(i);
    }
    for (const Deletion& deletion : resource.deletions) remove(deletion);
  }

 private:
  void element(NodeIndex index) {
    const OutNode& node = builder_.node(index);
    const MergeRule& rule = rules_.rule(resource_->type, node.element);
    const std::string name(schema_.name(node.element));
    if (node.kind == OutNode::Kind::list) {
      list(node, rule, name);
    } else if (rule.kind == MergeKind::members && node.kind == OutNode::Kind::object) {
      for (NodeIndex i = node.first; i != kNoNode; i = builder_.node(i).next) {
        if (builder_.has_content(i))
          member(i, node.element, SlotKind::member, name + '.' + std::string(builder_.node(i).key));
      }
    } else {
      member(index, node.element, SlotKind::element, name);
    }
  }

  /// `"key":value`
  void member(NodeIndex index, fhir::NameId element, SlotKind kind, const std::string& key) {
    json_.clear();
    json_.begin_object();
    json_.key(builder_.node(index).key);
    builder_.write(index, json_);
    json_.end_object();
    const std::string_view text = json_.text();
    add(kind, element, key, text.substr(1, text.size() - 2), 1, index);
  }

  struct Items {
    std::string key;
    std::string json;
    std::uint32_t count = 0;
    SlotKind kind = SlotKind::source;
    NodeIndex first = kNoNode;
  };

  void list(const OutNode& node, const MergeRule& rule, const std::string& name) {
    std::vector<Items> groups;
    for (NodeIndex i = node.first; i != kNoNode; i = builder_.node(i).next) {
      if (!builder_.has_content(i)) continue;
      SlotKind kind = SlotKind::source;
      const std::string key = name + item_key(i, rule, kind);
      auto group = std::find_if(groups.begin(), groups.end(), [&](const Items& items) { return items.key == key; });
      const bool is_known = group != groups.end();
      json_.clear();
      builder_.write(i, json_);
      if (is_known && kind != SlotKind::source && group->json.find(json_.text()) != std::string::npos)
        continue;  // twice
      if (!is_known) group = groups.insert(groups.end(), {key, {}, 0, kind, i});
      if (!group->json.empty()) group->json += ',';
      group->json += json_.text();
      ++group->count;
    }
    for (const Items& items : groups) add(items.kind, node.element, items.key, items.json, items.count, items.first);
  }

  std::string item_key(NodeIndex item, const MergeRule& rule, SlotKind& kind) const {
    if (rule.kind == MergeKind::item || rule.kind == MergeKind::timeline) {
      std::string key;
      bool is_first_missing = false;
      for (std::size_t i = 0; i < rule.key.size(); ++i) {
        const std::string_view text = text_at(item, rule.key[i]);
        is_first_missing = is_first_missing || (i == 0 && text.empty());
        if (i > 0) key += '|';
        key += text;
      }
      if (rule.kind == MergeKind::item) {
        kind = SlotKind::item;
        return '[' + key + ']';
      }
      if (!is_first_missing) {
        kind = SlotKind::timeline;
        return '#' + key;
      }
    }
    const Origin origin = builder_.origin_of(item);
    std::string key = std::string("@") + origin.segment;
    if (rule.kind != MergeKind::segment && origin.field != 0) key += '-' + std::to_string(origin.field);
    return key;
  }

  std::string_view text_at(NodeIndex index, const std::vector<std::string>& path) const {
    for (const std::string& key : path) {
      while (builder_.node(index).kind == OutNode::Kind::list && builder_.node(index).first != kNoNode) {
        index = builder_.node(index).first;
      }
      index = builder_.find(index, key);
      if (index == kNoNode) return {};
    }
    while (builder_.node(index).kind == OutNode::Kind::list && builder_.node(index).first != kNoNode) {
      index = builder_.node(index).first;
    }
    return builder_.node(index).text;
  }

  void add(SlotKind kind, fhir::NameId element, std::string_view key, std::string_view json, std::uint32_t items,
           NodeIndex index) {
    Slot slot;
    slot.key = key;
    slot.json = json;
    slot.kind = kind;
    slot.element = element;
    slot.items = items;
    slot.origin = builder_.origin_of(index);
    slot.rank = builder_.rank_of(index) == Rank::fallback ? Rank::fallback : resource_->rank;
    write_->add(slot);
  }

  void remove(const Deletion& deletion) {
    const MergeRule& rule = rules_.rule(resource_->type, deletion.element);
    const fhir::ElementInfo* element = schema_.find_element(resource_->type, deletion.element);
    if (element == nullptr) return;
    std::string key(schema_.name(deletion.element));
    Slot slot;
    slot.kind = SlotKind::element;
    if (element->is_list()) {
      // Which items of a keyed list were meant nobody can tell.
      if (rule.kind != MergeKind::standard && rule.kind != MergeKind::segment) return;
      slot.kind = SlotKind::source;
      key += std::string("@") + deletion.origin.segment;
      if (rule.kind == MergeKind::standard) key += '-' + std::to_string(deletion.origin.field);
    } else if (rule.kind == MergeKind::members) {
      if (deletion.member.empty()) return;
      slot.kind = SlotKind::member;
      key += '.' + std::string(deletion.member);
    }
    for (std::size_t i = 0; i < write_->size(); ++i) {
      if (write_->slot(i).key == key) return;  // another field gave it content
    }
    slot.key = key;
    slot.element = deletion.element;
    slot.origin = deletion.origin;
    slot.rank = resource_->rank;
    write_->add(slot);
  }

  const Builder& builder_;
  const fhir::Schema& schema_;
  const MergeRules& rules_;
  const OutResource* resource_ = nullptr;
  Write* write_ = nullptr;
  fhir::JsonWriter json_;
};

}  // namespace

std::vector<Write> make_writes(const Builder& builder, const fhir::Schema& schema, const MergeRules& rules,
                               const Stamp& stamp) {
  std::vector<Write> writes;
  Cutter cutter(builder, schema, rules);
  for (std::uint32_t i = 0; i < builder.resource_count(); ++i) {
    const OutResource& resource = builder.at(i);
    Write write(resource.type, resource.id);
    write.set_stamp(stamp);
    write.set_transient(resource.is_transient);
    cutter.cut(resource, write);
    if (write.size() > 0) writes.push_back(std::move(write));
  }
  return writes;
}

}  // namespace meridian::mapping::internal
