#include "formats/hl7v2/structure.hpp"

#include <algorithm>
#include <optional>
#include <string>

#include "formats/hl7v2/header.hpp"

namespace meridian::hl7v2 {

namespace {

constexpr std::size_t kDeepest = 32;  // groups within groups; definitions have at most eight

/// Whether the segment may stand at this place itself.
bool is_place_of(const NodeDefinition& node, std::string_view name) {
  if (node.kind == NodeKind::segment) return node.name == name;
  if (node.kind == NodeKind::group) return false;
  const auto children = node.children();
  return std::any_of(children.begin(), children.end(),
                     [name](const NodeDefinition& each) { return each.name == name; });
}

enum class Strictness : std::uint8_t { skip_optional, skip_any };

/// The places from the outermost inwards, the last one the segment's own, as indices among siblings.
using Way = std::vector<std::uint32_t>;

bool find_way(std::span<const NodeDefinition> places, std::uint32_t from, std::string_view name, Strictness strictness,
              Way& way) {
  for (std::uint32_t i = from; i < places.size(); ++i) {
    way.push_back(i);
    if (is_place_of(places[i], name)) return true;
    if (places[i].kind == NodeKind::group && way.size() < kDeepest &&
        find_way(places[i].children(), 0, name, strictness, way)) {
      return true;
    }
    way.pop_back();
    if (strictness == Strictness::skip_optional && places[i].min > 0) return false;
  }
  return false;
}

}  // namespace

class StructureBuilder {
 public:
  explicit StructureBuilder(Structure& out) : out_(out) {
    out_.nodes_.emplace_back();
    if (out.definition_ == nullptr) return;
    out_.nodes_[0].name = out.definition_->name;
    open_.push_back({0, out.definition_->nodes, 0, false});
  }

  void add(const Segment& segment) {
    const auto index = static_cast<std::uint32_t>(segment.index());
    const std::string_view name = segment.name();
    if (open_.empty()) {
      put(0, name, nullptr, index, Fit::expected);
      return;
    }
    if (place(name, index, Strictness::skip_optional, Fit::expected)) return;
    if (place(name, index, Strictness::skip_any, Fit::skipped_required)) return;
    if (place_out_of_order(name, index)) return;
    put(open_.back().node, name, nullptr, index, Fit::unknown);
  }

 private:
  struct Open {
    std::uint32_t node;
    std::span<const NodeDefinition> places;
    std::uint32_t at;  // the place last taken
    bool taken;        // whether there was one
  };

  /// Ahead in the innermost open group, or in a new instance of it, then outwards.
  bool place(std::string_view name, std::uint32_t segment, Strictness strictness, Fit fit) {
    for (std::size_t depth = open_.size(); depth-- > 0;) {
      const Open& group = open_[depth];
      Way way;
      if (group.taken && is_place_of(group.places[group.at], name) && group.places[group.at].max != 1) {
        way.push_back(group.at);
        return take(depth, way, name, segment, Fit::expected), true;
      }
      if (find_way(group.places, group.taken ? group.at + 1 : 0, name, strictness, way)) {
        return take(depth, way, name, segment, fit), true;
      }
      // A further instance of this group. One that would begin without what it must begin with is no likely reading.
      if (depth > 0 && find_way(group.places, 0, name, Strictness::skip_optional, way)) {
        const std::uint32_t place = open_[depth - 1].at;
        const bool may_repeat = open_[depth - 1].places[place].max != 1;
        if (may_repeat || strictness == Strictness::skip_any) {
          way.insert(way.begin(), place);
          return take(depth - 1, way, name, segment, may_repeat ? fit : Fit::out_of_order), true;
        }
      }
    }
    return false;
  }

  bool place_out_of_order(std::string_view name, std::uint32_t segment) {
    for (std::size_t depth = open_.size(); depth-- > 0;) {
      const auto& places = open_[depth].places;
      const auto found = std::find_if(places.begin(), places.end(),
                                      [name](const NodeDefinition& each) { return is_place_of(each, name); });
      if (found == places.end()) continue;
      // What comes next belongs where it would have belonged without this segment.
      put(open_[depth].node, name, &*found, segment, Fit::out_of_order);
      return true;
    }
    return false;
  }

  void take(std::size_t depth, const Way& way, std::string_view name, std::uint32_t segment, Fit fit) {
    open_.resize(depth + 1);
    for (std::size_t i = 0; i < way.size(); ++i) {
      Open& group = open_.back();
      const NodeDefinition& place = group.places[way[i]];
      group.at = way[i];
      group.taken = true;
      if (i + 1 == way.size()) {
        put(group.node, name, &place, segment, fit);
      } else {
        const std::uint32_t node = put(group.node, place.name, &place, Structure::kNone, Fit::expected);
        open_.push_back({node, place.children(), 0, false});
      }
    }
  }

  std::uint32_t put(std::uint32_t parent, std::string_view name, const NodeDefinition* definition,
                    std::uint32_t segment, Fit fit) {
    const auto index = static_cast<std::uint32_t>(out_.nodes_.size());
    Structure::Node& node = out_.nodes_.emplace_back();
    node.name = name;
    node.definition = definition;
    node.parent = parent;
    node.segment = segment;
    node.fit = fit;
    Structure::Node& above = out_.nodes_[parent];
    if (above.last_child == Structure::kNone) {
      above.first_child = index;
    } else {
      out_.nodes_[above.last_child].next_sibling = index;
    }
    above.last_child = index;
    return index;
  }

  Structure& out_;
  std::vector<Open> open_;
};

Structure::Structure(const Message& message)
    : Structure(message, definition_of(message.header(), Schema::nearest(message.header().version()))) {}

Structure::Structure(const Message& message, const MessageDefinition* definition)
    : message_(&message), definition_(definition) {
  StructureBuilder builder(*this);
  for (const Segment segment : message.segments()) builder.add(segment);
}

std::vector<std::uint32_t> Structure::children(std::uint32_t parent) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = nodes_[parent].first_child; i != kNone; i = nodes_[i].next_sibling) out.push_back(i);
  return out;
}

std::vector<std::uint32_t> Structure::children(std::uint32_t parent, std::string_view name) const {
  std::vector<std::uint32_t> out = children(parent);
  std::erase_if(out, [&](std::uint32_t each) { return nodes_[each].name != name; });
  return out;
}

Segment Structure::segment(std::uint32_t group, std::string_view name) const {
  for (std::uint32_t i = nodes_[group].first_child; i != kNone; i = nodes_[i].next_sibling) {
    if (!nodes_[i].is_group() && nodes_[i].name == name) return segment(i);
  }
  return {};
}

Segment Structure::segment(std::uint32_t node) const {
  return nodes_[node].is_group() ? Segment() : message_->segments()[nodes_[node].segment];
}

std::vector<std::uint32_t> Structure::groups(std::string_view name) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t i = 1; i < nodes_.size(); ++i) {
    if (nodes_[i].is_group() && nodes_[i].name == name) out.push_back(i);
  }
  return out;
}

const MessageDefinition* definition_of(const Header& header, const Schema& schema) {
  if (header.type() == "ACK") return schema.message("ACK");
  const std::string event = std::string(header.type()) + "_" + std::string(header.trigger());
  if (const MessageDefinition* found = schema.message(event)) return found;
  if (const MessageDefinition* found = schema.message(header.structure())) return found;
  // Events that a version lacks: their structure in the newest one, if that has them.
  return Schema::all().back().message(event);
}

}  // namespace meridian::hl7v2
