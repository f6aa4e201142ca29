#include "formats/fhir/internal/schema_tables.hpp"

#include <array>

namespace meridian::fhir {

namespace {

using internal::Run;

/// The part of `items` that a run of the block's rows became.
template <class T>
std::span<const T> part(const std::vector<T>& items, std::uint32_t begin, std::uint32_t count) {
  return std::span(items).subspan(begin, count);
}
template <class T>
std::span<const T> part(const std::vector<T>& items, Run run) {
  return part(items, run.begin, run.count);
}

Primitive primitive_named(std::string_view name) {
  struct Entry {
    std::string_view name;
    Primitive primitive;
  };
  static constexpr std::array kPrimitives{
      Entry{"boolean", Primitive::boolean},
      Entry{"integer", Primitive::integer},
      Entry{"unsignedInt", Primitive::unsigned_int},
      Entry{"positiveInt", Primitive::positive_int},
      Entry{"integer64", Primitive::integer64},
      Entry{"decimal", Primitive::decimal},
      Entry{"string", Primitive::string},
      Entry{"code", Primitive::code},
      Entry{"id", Primitive::id},
      Entry{"markdown", Primitive::markdown},
      Entry{"uri", Primitive::uri},
      Entry{"url", Primitive::url},
      Entry{"canonical", Primitive::canonical},
      Entry{"oid", Primitive::oid},
      Entry{"uuid", Primitive::uuid},
      Entry{"base64Binary", Primitive::base64_binary},
      Entry{"xhtml", Primitive::xhtml},
      Entry{"date", Primitive::date},
      Entry{"dateTime", Primitive::date_time},
      Entry{"instant", Primitive::instant},
      Entry{"time", Primitive::time},
  };
  for (const Entry& entry : kPrimitives)
    if (entry.name == name) return entry.primitive;
  return Primitive::none;
}

}  // namespace

Schema::Tables::Tables(const internal::SchemaBlock& checked)
    : block(checked),
      names_by_text(block.names.size()),
      types_by_name(block.types.size()),
      types_by_url(block.types.size()),
      code_systems_by_url(block.code_systems.size()),
      value_sets_by_url(block.value_sets.size()) {
  read_structure();
  read_terminology();
  read_search();
  index_texts();
  index_keys();
}

void Schema::Tables::read_structure() {
  names.reserve(block.names.size());
  for (const internal::NameRow row : block.names) names.push_back(block.text(row.text));

  targets.reserve(block.targets.size());
  for (const internal::TargetRow row : block.targets) targets.push_back(TypeId{row.type});

  invariants.reserve(block.invariants.size());
  for (const internal::InvariantRow& row : block.invariants)
    invariants.push_back({.key = block.text(row.key),
                          .is_error = row.is_error != 0,
                          .human = block.text(row.human),
                          .expression = block.text(row.expression),
                          .source = block.text(row.source)});

  element_types.reserve(block.element_types.size());
  for (const internal::ElementTypeRow& row : block.element_types)
    element_types.push_back({.type = TypeId{row.type},
                             .profile = TypeId{row.profile},
                             .json_key = NameId{row.json_key},
                             .targets = part(targets, row.targets_begin, row.targets_count)});

  elements.reserve(block.elements.size());
  element_names.reserve(block.elements.size());
  types.reserve(block.types.size());
  for (const internal::TypeRow& row : block.types) {
    using Flag = internal::TypeRow::Flag;
    const TypeId id{static_cast<std::uint16_t>(types.size())};
    for (std::uint32_t i = row.elements.begin; i < row.elements.begin + row.elements.count; ++i) {
      elements.push_back(element_info(ElementId{static_cast<std::uint16_t>(i)}, id, block.elements[i]));
      element_names.push_back(elements.back().name);
    }
    const auto kind = static_cast<TypeKind>(row.kind);
    const std::string_view name = block.text(row.name);
    types.push_back({.id = id,
                     .name = name,
                     .url = block.text(row.url),
                     .kind = kind,
                     .primitive = kind == TypeKind::primitive ? primitive_named(name) : Primitive::none,
                     .is_abstract = (row.flags & Flag::is_abstract) != 0,
                     .is_profile = (row.flags & Flag::is_profile) != 0,
                     .base = TypeId{row.base},
                     .regex = block.text(row.regex),
                     .max_length = row.max_length,
                     .range = (row.flags & Flag::has_range) != 0 ? std::optional(IntegerRange{row.least, row.greatest})
                                                                 : std::nullopt,
                     .elements = part(elements, row.elements),
                     .invariants = part(invariants, row.invariants)});
  }
}

ElementInfo Schema::Tables::element_info(ElementId id, TypeId owner, const internal::ElementRow& row) const {
  using Flag = internal::ElementRow::Flag;
  return {.id = id,
          .owner = owner,
          .name = NameId{row.name},
          .path = block.text(row.path),
          .min = row.min,
          .max = row.max,
          .is_choice = (row.flags & Flag::is_choice) != 0,
          .is_modifier = (row.flags & Flag::is_modifier) != 0,
          .is_summary = (row.flags & Flag::is_summary) != 0,
          .is_xml_attribute = (row.flags & Flag::is_xml_attribute) != 0,
          .binding = static_cast<BindingStrength>(row.binding),
          .value_set = ValueSetId::none,  // index_texts() fills it in
          .value_set_url = block.text(row.value_set),
          .max_value_set_url = block.text(row.max_value_set),
          .max_length = row.max_length,
          .types = part(element_types, row.types_begin, row.types_count),
          .invariants = part(invariants, row.invariants_begin, row.invariants_count)};
}

void Schema::Tables::read_terminology() {
  code_systems.reserve(block.code_systems.size());
  for (const internal::CodeSystemRow& row : block.code_systems) {
    using Flag = internal::CodeSystemRow::Flag;
    code_systems.push_back({.id = CodeSystemId{static_cast<std::uint16_t>(code_systems.size())},
                            .url = block.text(row.url),
                            .version = block.text(row.version),
                            .name = block.text(row.name),
                            .is_case_sensitive = (row.flags & Flag::is_case_sensitive) != 0,
                            .is_complete = (row.flags & Flag::is_complete) != 0,
                            .code_count = row.codes.count});
  }

  unknown_systems.reserve(block.unknown_systems.size());
  for (const internal::UnknownSystemRow row : block.unknown_systems) unknown_systems.push_back(block.text(row.url));

  value_sets.reserve(block.value_sets.size());
  for (const internal::ValueSetRow& row : block.value_sets)
    value_sets.push_back({.id = ValueSetId{static_cast<std::uint16_t>(value_sets.size())},
                          .url = block.text(row.url),
                          .version = block.text(row.version),
                          .name = block.text(row.name),
                          .is_enumerated = row.unknown_systems.count == 0,
                          .member_count = row.members.count,
                          .unknown_systems = part(unknown_systems, row.unknown_systems)});
}

void Schema::Tables::read_search() {
  search_components.reserve(block.search_components.size());
  for (const internal::SearchComponentRow row : block.search_components)
    search_components.push_back({.definition = block.text(row.definition), .expression = block.text(row.expression)});

  search_parameters.reserve(block.search_parameters.size());
  for (const internal::SearchParameterRow& row : block.search_parameters)
    search_parameters.push_back({.url = block.text(row.url),
                                 .code = block.text(row.code),
                                 .type = static_cast<SearchType>(row.type),
                                 .expression = block.text(row.expression),
                                 .bases = part(targets, row.bases),
                                 .targets = part(targets, row.targets),
                                 .components = part(search_components, row.components)});

  compartment_members.reserve(block.compartment_members.size());
  for (const internal::CompartmentMemberRow row : block.compartment_members)
    compartment_members.push_back(
        {.type = TypeId{static_cast<std::uint16_t>(row.type)}, .parameter = block.text(row.parameter)});

  compartments.reserve(block.compartments.size());
  for (const internal::CompartmentRow& row : block.compartments)
    compartments.push_back(
        {.type = TypeId{static_cast<std::uint16_t>(row.type)}, .members = part(compartment_members, row.members)});
}

void Schema::Tables::index_texts() {
  for (std::uint32_t i = 0; i < names.size(); ++i) names_by_text.add(names[i], i);
  for (std::uint32_t i = 0; i < types.size(); ++i) {
    types_by_name.add(types[i].name, i);
    if (!types[i].url.empty()) types_by_url.add(types[i].url, i);
  }
  for (std::uint32_t i = 0; i < code_systems.size(); ++i) code_systems_by_url.add(code_systems[i].url, i);
  for (std::uint32_t i = 0; i < value_sets.size(); ++i) value_sets_by_url.add(value_sets[i].url, i);
  for (ElementInfo& element : elements) {
    if (element.value_set_url.empty()) continue;
    if (const auto found = value_sets_by_url.find(element.value_set_url))
      element.value_set = ValueSetId{static_cast<std::uint16_t>(*found)};
  }
}

void Schema::Tables::index_keys() {
  std::vector<internal::KeyTable::Key> keys_of_type;
  for (const TypeInfo& type : types) {
    keys_of_type.clear();
    for (const ElementInfo& element : type.elements)
      for (const ElementType& choice : element.types)
        keys_of_type.push_back({.text = names[static_cast<std::size_t>(choice.json_key)],
                                .match = {.element = element.id,
                                          .type = choice.type,
                                          .name = element.name,
                                          .slot = static_cast<std::uint16_t>(keys_of_type.size())}});
    keys.add_type(keys_of_type);
  }
}

}  // namespace meridian::fhir
