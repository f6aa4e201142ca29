#include "mapping/internal/builder.hpp"

#include <algorithm>
#include <cstring>

namespace meridian::mapping::internal {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10;
constexpr std::size_t kKeptChunks = 64;

}  // namespace

std::size_t Builder::KeyHash::operator()(const Key& key) const {
  std::uint64_t half = 0;
  std::memcpy(&half, key.id.bytes().data() + 8, sizeof half);
  return static_cast<std::size_t>(half ^ static_cast<std::uint64_t>(key.type));
}

void Builder::clear() {
  nodes_.clear();
  resources_.clear();
  by_id_.clear();
  if (chunks_.size() > kKeptChunks) chunks_.resize(kKeptChunks);
  chunk_ = 0;
  used_ = 0;
  large_.clear();
}

std::string_view Builder::keep(std::string_view text) {
  if (text.size() > kChunk / 4) {
    // A string of this size has its bytes on the heap: they stay where they are when the list grows.
    large_.emplace_back(text);
    return large_.back();
  }
  if (chunks_.empty()) chunks_.push_back(std::make_unique<char[]>(kChunk));
  if (kChunk - used_ < text.size()) {
    if (++chunk_ == chunks_.size()) chunks_.push_back(std::make_unique<char[]>(kChunk));
    used_ = 0;
  }
  char* at = chunks_[chunk_].get() + used_;
  std::memcpy(at, text.data(), text.size());
  used_ += text.size();
  return {at, text.size()};
}

std::uint32_t Builder::resource(fhir::TypeId type, const Uuid& id, bool& is_new) {
  const auto [found, added] = by_id_.try_emplace(Key{type, id}, static_cast<std::uint32_t>(resources_.size()));
  is_new = added;
  if (added) {
    OutResource made;
    made.type = type;
    made.id = id;
    made.root = append(kNoNode, {}, fhir::NameId::none, OutNode::Kind::object);
    resources_.push_back(std::move(made));
  }
  return found->second;
}

NodeIndex Builder::append(NodeIndex parent, std::string_view key, fhir::NameId element, OutNode::Kind kind) {
  const auto index = static_cast<NodeIndex>(nodes_.size());
  OutNode node;
  node.key = key;
  node.element = element;
  node.kind = kind;
  nodes_.push_back(node);
  if (parent == kNoNode) return index;
  OutNode& above = nodes_[parent];
  if (above.first == kNoNode) {
    above.first = index;
  } else {
    nodes_[above.last].next = index;
  }
  above.last = index;
  return index;
}

NodeIndex Builder::find(NodeIndex object, std::string_view key) const {
  for (NodeIndex i = nodes_[object].first; i != kNoNode; i = nodes_[i].next) {
    // Keys are the schema's own texts: the same key is mostly the same place.
    if (nodes_[i].key.data() == key.data() || nodes_[i].key == key) return i;
  }
  return kNoNode;
}

bool Builder::has_content(NodeIndex index) const {
  const OutNode& node = nodes_[index];
  if (node.kind == OutNode::Kind::string || node.kind == OutNode::Kind::literal) return !node.text.empty();
  for (NodeIndex i = node.first; i != kNoNode; i = nodes_[i].next) {
    // An extension's URL says nothing by itself.
    if (nodes_[i].key != "url" && has_content(i)) return true;
  }
  return false;
}

bool Builder::has_other_choice(NodeIndex object, fhir::NameId element, std::string_view key) const {
  for (NodeIndex i = nodes_[object].first; i != kNoNode; i = nodes_[i].next) {
    if (nodes_[i].element == element && nodes_[i].key != key && has_content(i)) return true;
  }
  return false;
}

Origin Builder::origin_of(NodeIndex index) const {
  const OutNode& node = nodes_[index];
  if (node.origin.segment[0] != '\0') return node.origin;
  for (NodeIndex i = node.first; i != kNoNode; i = nodes_[i].next) {
    const Origin origin = origin_of(i);
    if (origin.segment[0] != '\0') return origin;
  }
  return {};
}

Rank Builder::rank_of(NodeIndex index) const {
  const OutNode& node = nodes_[index];
  if (node.first == kNoNode) return node.rank;
  Rank highest = Rank::fallback;
  for (NodeIndex i = node.first; i != kNoNode; i = nodes_[i].next) highest = std::max(highest, rank_of(i));
  return highest;
}

void Builder::write(NodeIndex index, fhir::JsonWriter& json) const {
  const OutNode& node = nodes_[index];
  switch (node.kind) {
    case OutNode::Kind::string:
      json.string(node.text);
      return;
    case OutNode::Kind::literal:
      json.raw(node.text);
      return;
    case OutNode::Kind::list:
      json.begin_array();
      for (NodeIndex i = node.first; i != kNoNode; i = nodes_[i].next) {
        if (has_content(i)) write(i, json);
      }
      json.end_array();
      return;
    case OutNode::Kind::object:
      json.begin_object();
      for (NodeIndex i = node.first; i != kNoNode; i = nodes_[i].next) {
        if (!has_content(i)) continue;
        json.key(nodes_[i].key);
        write(i, json);
      }
      json.end_object();
      return;
  }
}

}  // namespace meridian::mapping::internal
