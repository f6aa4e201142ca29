#include "formats/hl7v2/internal/structure_check.hpp"

#include <string>
#include <utility>
#include <vector>

#include "formats/hl7v2/faults.hpp"
#include "formats/hl7v2/path.hpp"

namespace meridian::hl7v2::internal {

namespace {

class StructureCheck {
 public:
  StructureCheck(const Structure& structure, const std::vector<std::uint32_t>& occurrences, Issues& issues)
      : structure_(structure), occurrences_(occurrences), issues_(issues) {}

  void run() {
    const auto& nodes = structure_.nodes();
    group(structure_.root(), structure_.definition()->nodes);
    for (std::uint32_t i = 1; i < nodes.size(); ++i) {
      if (!nodes[i].is_group()) {
        segment(i);
      } else {
        group(i, nodes[i].definition->children());
      }
    }
  }

 private:
  std::string name_of(std::uint32_t group) const { return std::string(structure_.node(group).name); }

  void segment(std::uint32_t index) {
    const Structure::Node& node = structure_.node(index);
    if (node.fit == Fit::out_of_order) {
      say(faults::kSegmentOutOfOrder, IssueType::structure, {std::string(node.name), name_of(node.parent)}, index);
    } else if (node.fit == Fit::unknown && !node.name.starts_with('Z')) {
      say(faults::kSegmentUnexpected, IssueType::structure, {std::string(node.name), name_of(0)}, index);
    }
  }

  void group(std::uint32_t index, std::span<const NodeDefinition> places) {
    std::vector<std::uint32_t> counts(places.size(), 0);
    for (std::uint32_t i = structure_.node(index).first_child; i != Structure::kNone;
         i = structure_.node(i).next_sibling) {
      const NodeDefinition* const place = structure_.node(i).definition;
      if (place < places.data() || place >= places.data() + places.size()) continue;
      const std::uint32_t count = ++counts[static_cast<std::size_t>(place - places.data())];
      if (place->max != 0 && count == place->max + 1) {
        say(faults::kSegmentTooOften, IssueType::structure,
            {std::string(place->name), std::to_string(place->max), name_of(index)}, i);
      }
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (counts[i] >= places[i].min) continue;
      const std::string name(places[i].name);
      issues_.add({Severity::error,
                   IssueType::required,
                   faults::kSegmentMissing,
                   {name, name_of(index)},
                   places[i].kind == NodeKind::segment ? name : std::string(),
                   first_position(index)});
    }
  }

  /// Where the first segment within a node lies.
  Position first_position(std::uint32_t index) const {
    while (structure_.node(index).is_group() && structure_.node(index).first_child != Structure::kNone) {
      index = structure_.node(index).first_child;
    }
    return {structure_.segment(index).offset(), 0, 0};
  }

  void say(const faults::Text& what, IssueType type, std::vector<std::string> arguments, std::uint32_t index) {
    while (structure_.node(index).is_group()) index = structure_.node(index).first_child;
    const Segment segment = structure_.segment(index);
    const Path path{.segment = std::string(segment.name()), .occurrence = occurrences_[segment.index()]};
    issues_.add({Severity::error, type, what, std::move(arguments), to_string(path), {segment.offset(), 0, 0}});
  }

  const Structure& structure_;
  const std::vector<std::uint32_t>& occurrences_;
  Issues& issues_;
};

}  // namespace

void check_structure(const Structure& structure, const std::vector<std::uint32_t>& occurrences, Issues& issues) {
  if (structure.definition() != nullptr) StructureCheck(structure, occurrences, issues).run();
}

}  // namespace meridian::hl7v2::internal
