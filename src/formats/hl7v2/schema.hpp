// Schema: what HL7 defines for a version: messages as trees of segments, segments as fields, data types, code tables.
//
//   const Schema& schema = Schema::nearest(header.version());
//   const SegmentDefinition* pid = schema.segment("PID");
//   pid->fields[2].data_type;  // of PID-3: "CX"
//
// The definitions of v2.1 to v2.7.1 are embedded (ADR docs/adr/0120-hl7v2-definitions.md); later versions are read by
// those of 2.7.1. Code tables are not told apart by version. Everything lives as long as the program; threads: any.
// Specification: HL7 v2, chapter 2 (data types in 2.A), chapters 3 to 15 (messages and segments), appendix A (tables).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meridian::hl7v2 {

/// `backward`: kept for old senders, or withdrawn.
enum class Optionality : std::uint8_t { optional, required, conditional, backward };

/// A field of a segment, or a component of a data type.
struct ElementDefinition {
  std::string_view name;       ///< `Patient Identifier List`
  std::string_view data_type;  ///< `CX`; `VARIES` for OBX-5
  Optionality optionality;
  std::uint32_t max_repetitions;  ///< 0: any number
  std::uint32_t length;           ///< 0: any
  std::uint32_t table;            ///< of Schema::table(); 0: none
};

struct SegmentDefinition {
  std::string_view name;
  std::string_view description;
  std::span<const ElementDefinition> fields;
};

struct DataTypeDefinition {
  std::string_view name;
  std::string_view description;
  std::span<const ElementDefinition> components;  ///< empty for a primitive type
};

enum class NodeKind : std::uint8_t { segment, group, choice };

/// A place in a message: a segment, a group of places, or a choice of segments.
struct NodeDefinition {
  std::string_view name;  ///< `OBX`; `ORDER_OBSERVATION`; of a choice `OBR,RXO`
  std::uint32_t min;
  std::uint32_t max;  ///< 0: any number
  NodeKind kind;
  const NodeDefinition* first_child;
  std::uint32_t child_count;

  std::span<const NodeDefinition> children() const { return {first_child, child_count}; }
};

struct MessageDefinition {
  std::string_view name;  ///< `ADT_A04`
  std::string_view description;
  std::span<const NodeDefinition> nodes;
};

struct CodeDefinition {
  std::string_view code;
  std::string_view meaning;
};

struct CodeTable {
  std::uint32_t number;
  std::string_view name;
  std::span<const CodeDefinition> codes;  ///< by code; empty where each site defines its own
  bool has(std::string_view code) const;
};

class Schema {
 public:
  /// Of exactly this version, `2.5.1`; null for others.
  static const Schema* of(std::string_view version);
  /// The same, or the version next below it, or the lowest; 2.5.1 for what is no version.
  static const Schema& nearest(std::string_view version);
  static std::span<const Schema> all();

  std::string_view version() const { return version_; }
  /// By event (`ADT_A04`) or by structure (`ADT_A01`), whichever the version defines; `ACK` too.
  const MessageDefinition* message(std::string_view name) const;
  const SegmentDefinition* segment(std::string_view name) const;
  const DataTypeDefinition* data_type(std::string_view name) const;
  static const CodeTable* table(std::uint32_t number);

 private:
  friend struct SchemaLoader;
  std::string_view version_;
  std::span<const MessageDefinition> messages_;
  std::span<const SegmentDefinition> segments_;
  std::span<const DataTypeDefinition> types_;
};

}  // namespace meridian::hl7v2
