// The rows that tools/hl7v2_schema/generate.py writes. A pair of first and count is a run of another table's rows.
#pragma once

#include <cstdint>
#include <span>

#include "formats/hl7v2/schema.hpp"

namespace meridian::hl7v2::internal {

/// A message's places, a segment's fields or a type's components.
struct NamedRun {
  std::string_view name;
  std::string_view description;
  std::uint32_t first;
  std::uint32_t count;
};

struct CodeTableRow {
  std::uint32_t number;
  std::string_view name;
  std::uint32_t first_code;
  std::uint32_t code_count;
};

/// Runs of the messages, segments and types of one version, each sorted by name.
struct VersionRow {
  std::string_view version;
  std::uint32_t first_message;
  std::uint32_t message_count;
  std::uint32_t first_segment;
  std::uint32_t segment_count;
  std::uint32_t first_type;
  std::uint32_t type_count;
};

extern const std::span<const NodeDefinition> kNodes;
extern const std::span<const ElementDefinition> kElements;
extern const std::span<const NamedRun> kMessages;
extern const std::span<const NamedRun> kSegments;
extern const std::span<const NamedRun> kTypes;
extern const std::span<const CodeDefinition> kCodes;
extern const std::span<const CodeTableRow> kCodeTables;
extern const std::span<const VersionRow> kVersions;

}  // namespace meridian::hl7v2::internal
