// Schema::Tables: what a Schema holds, built once from a block by build_tables() and never changed.
#pragma once

#include <memory>
#include <vector>

#include "formats/fhir/internal/key_table.hpp"
#include "formats/fhir/internal/schema_block.hpp"
#include "formats/fhir/internal/text_map.hpp"
#include "formats/fhir/schema.hpp"

namespace meridian::fhir {

struct Schema::Tables {
  explicit Tables(const internal::SchemaBlock& checked);

  internal::SchemaBlock block;
  std::vector<std::string_view> names;
  std::vector<Invariant> invariants;
  std::vector<TypeId> targets;
  std::vector<ElementType> element_types;
  std::vector<ElementInfo> elements;
  std::vector<NameId> element_names;  // of `elements`, close together for searching
  std::vector<TypeInfo> types;
  std::vector<CodeSystemInfo> code_systems;
  std::vector<std::string_view> unknown_systems;
  std::vector<ValueSetInfo> value_sets;
  std::vector<SearchComponent> search_components;
  std::vector<SearchParameterInfo> search_parameters;
  std::vector<CompartmentMember> compartment_members;
  std::vector<CompartmentInfo> compartments;

  internal::KeyTable keys;
  internal::TextMap names_by_text;
  internal::TextMap types_by_name;
  internal::TextMap types_by_url;
  internal::TextMap code_systems_by_url;
  internal::TextMap value_sets_by_url;

 private:
  void read_structure();
  void read_terminology();
  void read_search();
  void index_keys();
  void index_texts();
  ElementInfo element_info(ElementId id, TypeId owner, const internal::ElementRow& row) const;
};

}  // namespace meridian::fhir
