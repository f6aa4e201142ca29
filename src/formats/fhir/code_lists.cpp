#include "formats/fhir/code_lists.hpp"

#include <utility>

#include "base/check.hpp"
#include "formats/fhir/internal/schema_block.hpp"

// internal/r4_block.S
extern const std::byte meridian_fhir_r4_block[];
extern const std::byte meridian_fhir_r4_block_end[];

namespace meridian::fhir {

struct CodeLists::Block {
  internal::SchemaBlock rows;
};

const CodeLists& CodeLists::r4() {
  static const CodeLists lists = [] {
    Result<internal::SchemaBlock> opened =
        internal::SchemaBlock::open({meridian_fhir_r4_block, meridian_fhir_r4_block_end});
    CHECK(opened.has_value());
    return CodeLists(std::make_unique<Block>(Block{*opened}));
  }();
  return lists;
}

CodeLists::CodeLists(std::unique_ptr<Block> block) : block_(std::move(block)) {}
CodeLists::~CodeLists() = default;

CodeLists::Member CodeLists::member(ValueSetId set, std::uint32_t index) const {
  const internal::SchemaBlock& rows = block_->rows;
  const internal::MemberRow row = rows.members[rows.value_sets[static_cast<std::uint32_t>(set)].members.begin + index];
  return {.system = rows.text(row.system), .code = rows.text(row.code)};
}

std::vector<std::uint32_t> CodeLists::parents(CodeSystemId system, std::uint32_t code) const {
  const internal::SchemaBlock& rows = block_->rows;
  const internal::CodeSystemRow row = rows.code_systems[static_cast<std::uint32_t>(system)];
  std::vector<std::uint32_t> found;
  const std::uint32_t parent = rows.codes[row.codes.begin + code].parent;
  if (parent != CodeInfo::kNoParent) found.push_back(parent);
  for (std::uint32_t at = 0; at < row.more_parents.count; ++at) {
    const internal::MoreParentsRow link = rows.more_parents[row.more_parents.begin + at];
    if (link.child == code) found.push_back(link.parent);
  }
  return found;
}

}  // namespace meridian::fhir
