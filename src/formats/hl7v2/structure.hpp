// Structure: the segments of a message in the groups that its definition gives them: which OBX belongs to which OBR.
//
//   const Structure structure(message);
//   for (const auto& node : structure.children(structure.root())) …
//
// Nothing is refused: a segment that may not stand where it stands is put into the innermost open group that has a
// place for it, one that the definition does not know into the group that is open; `fit` says which. Without a
// definition all lie flat below the root. Segments keep their order within a group. Linear in the segments, times the
// depth and width of the definition.
//
// Lives as long as the message. Threads: immutable.
// Specification: HL7 v2.5.1, chapter 2, 2.12 (abstract syntax of messages).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "formats/hl7v2/message.hpp"
#include "formats/hl7v2/schema.hpp"

namespace meridian::hl7v2 {

enum class Fit : std::uint8_t {
  expected,
  skipped_required,  ///< something required before it is missing
  out_of_order,      ///< it has a place in this group, but an earlier one
  unknown,           ///< no place: a Z segment, or one of another message
};

class Structure {
 public:
  static constexpr std::uint32_t kNone = UINT32_MAX;

  struct Node {
    std::string_view name;
    const NodeDefinition* definition = nullptr;  ///< null for the root and for what is unknown
    std::uint32_t parent = kNone;
    std::uint32_t first_child = kNone;
    std::uint32_t last_child = kNone;
    std::uint32_t next_sibling = kNone;
    std::uint32_t segment = kNone;  ///< index in the message; kNone for a group
    Fit fit = Fit::expected;
    bool is_group() const { return segment == kNone; }
  };

  /// By what MSH says: MSH-9 and MSH-12.
  explicit Structure(const Message& message);
  Structure(const Message& message, const MessageDefinition* definition);

  const MessageDefinition* definition() const { return definition_; }
  std::uint32_t root() const { return 0; }
  const Node& node(std::uint32_t index) const { return nodes_[index]; }
  const std::vector<Node>& nodes() const { return nodes_; }
  std::vector<std::uint32_t> children(std::uint32_t parent) const;
  /// Those of one name: the OBSERVATIONs of an ORDER_OBSERVATION.
  std::vector<std::uint32_t> children(std::uint32_t parent, std::string_view name) const;
  /// The first segment of that name directly in the group, or a null one.
  Segment segment(std::uint32_t group, std::string_view name) const;
  Segment segment(std::uint32_t node) const;
  /// All groups of that name, wherever they stand, in order.
  std::vector<std::uint32_t> groups(std::string_view name) const;

 private:
  friend class StructureBuilder;
  const Message* message_;
  const MessageDefinition* definition_;
  std::vector<Node> nodes_;
};

/// What defines a message with this header: its event, its structure, or the event's usual structure.
const MessageDefinition* definition_of(const Header& header, const Schema& schema);

}  // namespace meridian::hl7v2
