#include "formats/fhir/internal/schema_block.hpp"

#include <algorithm>
#include <bit>

namespace meridian::fhir::internal {

static_assert(std::endian::native == std::endian::little, "the block is little-endian");

namespace {

constexpr auto kSectionCount = static_cast<std::uint32_t>(Section::count);

constexpr std::uint32_t kMostKeys = 512;  // of a type: promised by KeyMatch::slot

auto corrupt(const char* what) {
  return fail(ErrorCode::malformed_input,
              std::string("schema block: ") + what + "; make it anew with tools/fhir_schema");
}

/// Hands out the sections; remembers whether one did not fit.
class Directory {
 public:
  explicit Directory(std::span<const std::byte> bytes) : bytes_(bytes) {}

  template <class Row>
  Rows<Row> rows(Section section) {
    DirectoryRow row;
    std::memcpy(&row, bytes_.data() + sizeof(BlockHead) + sizeof(row) * static_cast<std::size_t>(section), sizeof row);
    const std::uint64_t end = row.offset + std::uint64_t{row.row_count} * row.row_size;
    if (row.row_size != sizeof(Row) || end > bytes_.size()) {
      fits_ = false;
      return {};
    }
    return {bytes_.data() + row.offset, row.row_count};
  }
  bool fits() const { return fits_; }

 private:
  std::span<const std::byte> bytes_;
  bool fits_ = true;
};

bool texts_are_in_order(const SchemaBlock& block) {
  std::uint32_t previous = 0;
  for (const std::uint32_t end : block.text_ends) {
    if (end < previous || end > block.text_bytes.size()) return false;
    previous = end;
  }
  return true;
}

/// Checks references from rows to rows.
class References {
 public:
  explicit References(const SchemaBlock& block) : block_(block) {}

  bool ok() const { return ok_; }

  template <class... Indexes>
  void texts(Indexes... indexes) {
    ((ok_ &= indexes < block_.text_ends.size()), ...);
  }
  void type(std::uint32_t index) { ok_ &= index < block_.types.size(); }
  void type_or_none(std::uint16_t index) { ok_ &= index == 0xFFFF || index < block_.types.size(); }
  void name(std::uint16_t index) { ok_ &= index < block_.names.size(); }
  void below(std::uint32_t value, std::uint32_t limit) { ok_ &= value < limit; }
  template <class Row>
  void run(std::uint32_t begin, std::uint32_t count, const Rows<Row>& rows) {
    ok_ &= std::uint64_t{begin} + count <= rows.size();
  }
  template <class Row>
  void run(Run run_, const Rows<Row>& rows) {
    run(run_.begin, run_.count, rows);
  }

 private:
  const SchemaBlock& block_;
  bool ok_ = true;
};

void check_structure(const SchemaBlock& block, References& check) {
  for (const NameRow row : block.names) check.texts(row.text);
  std::uint32_t next_element = 0;
  std::uint32_t index = 0;
  for (const TypeRow& row : block.types) {
    check.texts(row.name, row.url, row.regex);
    if (row.base != 0xFFFF) check.below(row.base, index);  // bases stand first: no cycles
    check.below(row.kind, 4);
    check.run(row.elements, block.elements);
    check.run(row.invariants, block.invariants);
    check.below(row.elements.begin - next_element, 1);  // every element has one owner
    next_element = row.elements.begin + row.elements.count;
    if (!check.ok()) return;
    std::uint32_t keys = 0;
    for (std::uint32_t i = row.elements.begin; i < next_element; ++i) keys += block.elements[i].types_count;
    check.below(keys, kMostKeys + 1);
    ++index;
  }
  check.below(block.elements.size() - next_element, 1);
  for (const ElementRow& row : block.elements) {
    check.texts(row.path, row.value_set, row.max_value_set);
    check.name(row.name);
    check.below(row.binding, 5);
    check.run(row.types_begin, row.types_count, block.element_types);
    check.run(row.invariants_begin, row.invariants_count, block.invariants);
  }
  for (const ElementTypeRow& row : block.element_types) {
    check.type(row.type);
    check.type_or_none(row.profile);
    check.name(row.json_key);
    check.run(row.targets_begin, row.targets_count, block.targets);
  }
  for (const TargetRow row : block.targets) check.type(row.type);
  for (const InvariantRow& row : block.invariants) check.texts(row.key, row.human, row.expression, row.source);
}

void check_terminology(const SchemaBlock& block, References& check) {
  for (const CodeSystemRow& row : block.code_systems) {
    check.texts(row.url, row.version, row.name);
    check.run(row.codes, block.codes);
    check.run(row.codes, block.code_order);
    check.run(row.more_parents, block.more_parents);
    if (!check.ok()) return;
    for (std::uint32_t i = 0; i < row.codes.count; ++i) {
      const CodeRow code = block.codes[row.codes.begin + i];
      check.texts(code.code, code.display);
      if (code.parent != 0xFFFFFFFF) check.below(code.parent, i);
      check.below(block.code_order[row.codes.begin + i].index, row.codes.count);
    }
    for (std::uint32_t i = 0; i < row.more_parents.count; ++i) {
      const MoreParentsRow edge = block.more_parents[row.more_parents.begin + i];
      check.below(edge.child, row.codes.count);
      check.below(edge.parent, row.codes.count);
    }
  }
  for (const ValueSetRow& row : block.value_sets) {
    check.texts(row.url, row.version, row.name);
    check.run(row.members, block.members);
    check.run(row.unknown_systems, block.unknown_systems);
  }
  for (const MemberRow row : block.members) check.texts(row.code, row.system);
  for (const UnknownSystemRow row : block.unknown_systems) check.texts(row.url);
}

void check_search(const SchemaBlock& block, References& check) {
  for (const SearchParameterRow& row : block.search_parameters) {
    check.texts(row.url, row.code, row.expression);
    check.below(row.type, 9);
    check.run(row.bases, block.targets);
    check.run(row.targets, block.targets);
    check.run(row.components, block.search_components);
  }
  for (const SearchComponentRow row : block.search_components) check.texts(row.definition, row.expression);
  for (const CompartmentRow& row : block.compartments) {
    check.type(row.type);
    check.run(row.members, block.compartment_members);
  }
  for (const CompartmentMemberRow row : block.compartment_members) {
    check.type(row.type);
    check.texts(row.parameter);
  }
}

}  // namespace

Result<SchemaBlock> SchemaBlock::open(std::span<const std::byte> bytes) {
  BlockHead head{};
  if (bytes.size() < sizeof head + kSectionCount * sizeof(DirectoryRow)) return corrupt("it is too short");
  std::memcpy(&head, bytes.data(), sizeof head);
  if (std::memcmp(head.magic, kBlockMagic, sizeof head.magic) != 0) return corrupt("it does not begin as one");
  if (head.layout_version != kLayoutVersion) return corrupt("it is of another layout version");
  if (head.size != bytes.size() || head.section_count != kSectionCount) return corrupt("its length is wrong");

  SchemaBlock block;
  Directory directory(bytes);
  block.text_bytes = directory.rows<char>(Section::text_bytes);
  block.text_ends = directory.rows<std::uint32_t>(Section::text_ends);
  block.head = directory.rows<HeadRow>(Section::head);
  block.names = directory.rows<NameRow>(Section::names);
  block.types = directory.rows<TypeRow>(Section::types);
  block.elements = directory.rows<ElementRow>(Section::elements);
  block.element_types = directory.rows<ElementTypeRow>(Section::element_types);
  block.targets = directory.rows<TargetRow>(Section::targets);
  block.invariants = directory.rows<InvariantRow>(Section::invariants);
  block.code_systems = directory.rows<CodeSystemRow>(Section::code_systems);
  block.codes = directory.rows<CodeRow>(Section::codes);
  block.code_order = directory.rows<CodeOrderRow>(Section::code_order);
  block.more_parents = directory.rows<MoreParentsRow>(Section::more_parents);
  block.value_sets = directory.rows<ValueSetRow>(Section::value_sets);
  block.members = directory.rows<MemberRow>(Section::members);
  block.unknown_systems = directory.rows<UnknownSystemRow>(Section::unknown_systems);
  block.search_parameters = directory.rows<SearchParameterRow>(Section::search_parameters);
  block.search_components = directory.rows<SearchComponentRow>(Section::search_components);
  block.compartments = directory.rows<CompartmentRow>(Section::compartments);
  block.compartment_members = directory.rows<CompartmentMemberRow>(Section::compartment_members);
  if (!directory.fits()) return corrupt("a section lies outside it or has rows of another size");
  if (!texts_are_in_order(block)) return corrupt("its texts are out of order");
  if (std::max({block.types.size(), block.elements.size(), block.names.size(), block.code_systems.size(),
                block.value_sets.size()}) >= 0xFFFF)
    return corrupt("it has more rows than ids can tell apart");

  References check(block);
  check.below(0, block.head.size());
  if (check.ok()) check.texts(block.head[0].fhir_version);
  check_structure(block, check);
  check_terminology(block, check);
  check_search(block, check);
  if (!check.ok()) return corrupt("a row points at what is not there");
  return block;
}

}  // namespace meridian::fhir::internal
