// The schema block: bytes written by tools/fhir_schema (block.py), read by schema_block.hpp.
//
//   block     := magic:"MFHIRTAB" version:u32 size:u32 section_count:u32 zero:u32 directory sections
//   directory := section_count × (offset:u32 row_count:u32 row_size:u32)     in the order of enum Section
//   section   := row_count rows of row_size bytes, padded with zeros to 8 bytes
//
// Integers are little-endian. Rows refer to rows of other sections by index, and to *runs* of rows by begin and
// count. A text is an index: text i is text_bytes[text_ends[i-1], text_ends[i]), and text 0 is empty. A type's id
// is its index in `types`, an element's its index in `elements`, a name's its index in `names`, and so on. "None"
// is 0xFFFF in 16 bits, 0xFFFFFFFF in 32.
//
// Example, from R4: the type of Patient.birthDate.
//   types[495]         = {name: 6086 "Patient", …, elements: {begin 5321, count 24}, invariants: {82, 5}, base: 78, …}
//   elements[5321+13]  = {path: 6068 "Patient.birthDate", …, types_begin: 2007, types_count: 1, name: 1448, max: 1, …}
//   names[1448]        = {text: 6067 "birthDate"}
//   element_types[2007]= {targets: none, type: 8, json_key: 1448, profile: 0xFFFF}
//   types[8]           = {name: "date", …}
//
// kLayoutVersion goes up with every change here; block.py states the same number.
#pragma once

#include <cstdint>

namespace meridian::fhir::internal {

inline constexpr char kBlockMagic[] = "MFHIRTAB";
inline constexpr std::uint32_t kLayoutVersion = 1;

enum class Section : std::uint8_t {
  text_bytes,
  text_ends,
  head,
  names,
  types,
  elements,
  element_types,
  targets,
  invariants,
  code_systems,
  codes,
  code_order,
  more_parents,
  value_sets,
  members,
  unknown_systems,
  search_parameters,
  search_components,
  compartments,
  compartment_members,
  count,
};

using TextIndex = std::uint32_t;

struct BlockHead {
  char magic[8];
  std::uint32_t layout_version, size, section_count, zero;
};
struct DirectoryRow {
  std::uint32_t offset, row_count, row_size;
};
/// A run of rows of another section.
struct Run {
  std::uint32_t begin, count;
};

struct HeadRow {
  TextIndex fhir_version;
};
struct NameRow {
  TextIndex text;
};
struct TypeRow {
  TextIndex name, url, regex;
  std::uint32_t max_length;
  std::int32_t least, greatest;
  Run elements, invariants;
  std::uint16_t base;
  std::uint8_t kind, flags;
  enum Flag : std::uint8_t { is_abstract = 1, is_profile = 2, has_range = 4 };
};
struct ElementRow {
  TextIndex path, value_set, max_value_set;
  std::uint32_t max_length, types_begin, invariants_begin;
  std::uint16_t types_count, invariants_count, name, min, max;
  std::uint8_t flags, binding;
  enum Flag : std::uint8_t { is_choice = 1, is_modifier = 2, is_summary = 4, is_xml_attribute = 8 };
};
struct ElementTypeRow {
  std::uint32_t targets_begin;
  std::uint16_t targets_count, type, json_key, profile;
};
struct TargetRow {
  std::uint16_t type;
};
struct InvariantRow {
  TextIndex key, human, expression, source;
  std::uint32_t is_error;
};
struct CodeSystemRow {
  TextIndex url, version, name;
  std::uint32_t flags;
  Run codes;         // and the same rows of code_order
  Run more_parents;  // beyond CodeRow::parent, sorted by child
  enum Flag : std::uint8_t { is_case_sensitive = 1, is_complete = 2 };
};
struct CodeRow {
  TextIndex code, display;
  std::uint32_t parent;  // index within the system, less than the code's own; or none
};
struct CodeOrderRow {
  std::uint32_t index;  // of a code within its system; rows of a system are sorted by the codes' bytes
};
struct MoreParentsRow {
  std::uint32_t child, parent;
};
struct ValueSetRow {
  TextIndex url, version, name;
  Run members, unknown_systems;
};
struct MemberRow {
  TextIndex code, system;  // rows of a set are sorted by the bytes of code, then of system
};
struct UnknownSystemRow {
  TextIndex url;  // empty: any system
};
struct SearchParameterRow {
  TextIndex url, code, expression;
  std::uint32_t type;
  Run bases, targets;  // in `targets`
  Run components;
};
struct SearchComponentRow {
  TextIndex definition, expression;
};
struct CompartmentRow {
  std::uint32_t type;
  Run members;
};
struct CompartmentMemberRow {
  std::uint32_t type;
  TextIndex parameter;
};

static_assert(sizeof(BlockHead) == 24 && sizeof(TypeRow) == 44 && sizeof(ElementRow) == 36);
static_assert(sizeof(ElementTypeRow) == 12 && sizeof(SearchParameterRow) == 40);

}  // namespace meridian::fhir::internal
