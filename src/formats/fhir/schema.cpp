#include "formats/fhir/schema.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "formats/fhir/internal/schema_tables.hpp"

extern "C" {
// internal/r4_block.S
extern const std::byte meridian_fhir_r4_block[];
extern const std::byte meridian_fhir_r4_block_end[];
}

namespace meridian::fhir {

namespace {

template <class Id>
Id id_or_none(std::optional<std::uint32_t> found) {
  return found ? Id{static_cast<std::uint16_t>(*found)} : Id::none;
}

template <class Id>
std::size_t index(Id id) {
  return static_cast<std::size_t>(id);
}

}  // namespace

const Schema& Schema::r4() {
  static const std::unique_ptr<Schema> schema = [] {
    Result<std::unique_ptr<Schema>> opened = open({meridian_fhir_r4_block, meridian_fhir_r4_block_end});
    CHECK(opened.has_value());
    return std::move(*opened);
  }();
  return *schema;
}

Result<std::unique_ptr<Schema>> Schema::open(std::span<const std::byte> block) {
  const internal::SchemaBlock checked = TRY(internal::SchemaBlock::open(block));
  return std::unique_ptr<Schema>(new Schema(std::make_unique<Tables>(checked)));
}

Schema::Schema(std::unique_ptr<Tables> tables) : tables_(std::move(tables)) {}
Schema::~Schema() = default;

std::string_view Schema::fhir_version() const {
  return tables_->block.text(tables_->block.head[0].fhir_version);
}

std::span<const TypeInfo> Schema::types() const {
  return tables_->types;
}
const TypeInfo& Schema::type(TypeId id) const {
  return tables_->types[index(id)];
}
const ElementInfo& Schema::element(ElementId id) const {
  return tables_->elements[index(id)];
}
std::string_view Schema::name(NameId id) const {
  return tables_->names[index(id)];
}

TypeId Schema::find_type(std::string_view name) const {
  return id_or_none<TypeId>(tables_->types_by_name.find(name));
}
TypeId Schema::find_type_by_url(std::string_view url) const {
  return id_or_none<TypeId>(tables_->types_by_url.find(url));
}
NameId Schema::find_name(std::string_view name) const {
  return id_or_none<NameId>(tables_->names_by_text.find(name));
}

const ElementInfo* Schema::find_element(TypeId type, NameId name) const {
  if (index(type) >= tables_->types.size()) return nullptr;
  const std::span<const ElementInfo> elements = tables_->types[index(type)].elements;
  if (elements.empty()) return nullptr;
  const auto names = std::span(tables_->element_names).subspan(index(elements.front().id), elements.size());
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? nullptr : &elements[static_cast<std::size_t>(found - names.begin())];
}

const ElementInfo* Schema::find_element(TypeId type, std::string_view name) const {
  const NameId id = find_name(name);
  return id == NameId::none ? nullptr : find_element(type, id);
}

KeyMatch Schema::find_key(TypeId type, std::string_view key) const {
  return tables_->keys.find(type, key);
}

bool Schema::is_a(TypeId type, TypeId base) const {
  while (type != base && type != TypeId::none) type = tables_->types[index(type)].base;
  return type != TypeId::none;
}

std::span<const SearchParameterInfo> Schema::search_parameters() const {
  return tables_->search_parameters;
}
std::span<const CompartmentInfo> Schema::compartments() const {
  return tables_->compartments;
}

}  // namespace meridian::fhir
