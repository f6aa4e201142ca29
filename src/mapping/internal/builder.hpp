// Builder: the resources of one message while they grow: trees of small nodes that know where their content came from.
//
// Elements may come in any order. Texts are views into the message or into the builder's own memory, which is used
// again for the next message. Nodes are numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/uuid.hpp"
#include "formats/fhir/json_writer.hpp"
#include "formats/fhir/schema.hpp"
#include "mapping/write.hpp"

namespace meridian::mapping::internal {

using NodeIndex = std::uint32_t;
constexpr NodeIndex kNoNode = 0xFFFFFFFF;

struct OutNode {
  enum class Kind : std::uint8_t { object, list, string, literal };
  std::string_view key;   // in its object; empty for items
  std::string_view text;  // string, literal (number, true, false)
  NodeIndex first = kNoNode;
  NodeIndex last = kNoNode;
  NodeIndex next = kNoNode;
  fhir::NameId element = fhir::NameId::none;
  Kind kind = Kind::object;
  Rank rank = Rank::owner;
  Origin origin;
};

/// A slot to be deleted, found while mapping.
struct Deletion {
  fhir::NameId element;
  std::string_view key;     // JSON key of the element
  std::string_view member;  // of the second step; empty: the whole
  Origin origin;
};

struct OutResource {
  fhir::TypeId type = fhir::TypeId::none;
  Uuid id;
  NodeIndex root = kNoNode;
  Rank rank = Rank::copy;
  bool is_transient = false;
  int filled_by = -1;  // the map that made it by the way, not to run twice
  std::vector<Deletion> deletions;
};

class Builder {
 public:
  void clear();

  /// The resource of that id, made when it is not there; `is_new` says which.
  std::uint32_t resource(fhir::TypeId type, const Uuid& id, bool& is_new);
  OutResource& at(std::uint32_t index) { return resources_[index]; }
  const OutResource& at(std::uint32_t index) const { return resources_[index]; }
  std::size_t resource_count() const { return resources_.size(); }
  std::size_t node_count() const { return nodes_.size(); }

  OutNode& node(NodeIndex index) { return nodes_[index]; }
  const OutNode& node(NodeIndex index) const { return nodes_[index]; }
  NodeIndex append(NodeIndex parent, std::string_view key, fhir::NameId element, OutNode::Kind kind);
  NodeIndex find(NodeIndex object, std::string_view key) const;
  /// Whether it holds a value somewhere.
  bool has_content(NodeIndex index) const;
  /// Whether the object has content under another key of the same element (`valueString` beside `valueQuantity`).
  bool has_other_choice(NodeIndex object, fhir::NameId element, std::string_view key) const;
  /// The origin of the first value in it.
  Origin origin_of(NodeIndex index) const;
  Rank rank_of(NodeIndex index) const;

  /// Its JSON; what is empty is left out.
  void write(NodeIndex index, fhir::JsonWriter& json) const;

  /// A copy that lives until clear().
  std::string_view keep(std::string_view text);

 private:
  struct Key {
    fhir::TypeId type;
    Uuid id;
    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };
  std::vector<OutNode> nodes_;
  std::vector<OutResource> resources_;
  std::unordered_map<Key, std::uint32_t, KeyHash> by_id_;
  std::vector<std::unique_ptr<char[]>> chunks_;
  std::size_t chunk_ = 0;  // in use
  std::size_t used_ = 0;   // of it
  std::vector<std::string> large_;
};

}  // namespace meridian::mapping::internal
