#include <algorithm>
#include <vector>

#include "formats/fhir/internal/schema_tables.hpp"

// Schema's questions about codes. They search the block itself: its rows are sorted for this.

namespace meridian::fhir {

namespace {

using internal::CodeRow;
using internal::CodeSystemRow;
using internal::MemberRow;
using internal::SchemaBlock;
using internal::ValueSetRow;

/// The first index in [begin, end) for which `is_before` is false.
template <class IsBefore>
std::uint32_t lower_bound(std::uint32_t begin, std::uint32_t end, IsBefore is_before) {
  while (begin < end) {
    const std::uint32_t middle = begin + (end - begin) / 2;
    if (is_before(middle))
      begin = middle + 1;
    else
      end = middle;
  }
  return begin;
}

char folded(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, folded, folded);
}

/// Looks a canonical up among definitions by URL; `http://…|4.0.1` finds the one that states that version.
template <class Id, class Info>
Id find_canonical(const internal::TextMap& by_url, const std::vector<Info>& infos, std::string_view canonical) {
  // The URLs of a few v2 tables hold a bar themselves.
  if (const auto whole = by_url.find(canonical)) return infos[*whole].id;
  const std::size_t bar = canonical.rfind('|');
  if (bar == std::string_view::npos) return Id::none;
  const auto found = by_url.find(canonical.substr(0, bar));
  return found && infos[*found].version == canonical.substr(bar + 1) ? infos[*found].id : Id::none;
}

}  // namespace

std::span<const CodeSystemInfo> Schema::code_systems() const {
  return tables_->code_systems;
}
std::span<const ValueSetInfo> Schema::value_sets() const {
  return tables_->value_sets;
}

const CodeSystemInfo& Schema::code_system(CodeSystemId id) const {
  return tables_->code_systems[static_cast<std::size_t>(id)];
}
const ValueSetInfo& Schema::value_set(ValueSetId id) const {
  return tables_->value_sets[static_cast<std::size_t>(id)];
}

CodeSystemId Schema::find_code_system(std::string_view url) const {
  return find_canonical<CodeSystemId>(tables_->code_systems_by_url, tables_->code_systems, url);
}

ValueSetId Schema::find_value_set(std::string_view url) const {
  return find_canonical<ValueSetId>(tables_->value_sets_by_url, tables_->value_sets, url);
}

std::optional<std::uint32_t> Schema::find_code(CodeSystemId system, std::string_view code) const {
  const SchemaBlock& block = tables_->block;
  const CodeSystemRow row = block.code_systems[static_cast<std::uint32_t>(system)];
  const auto text = [&](std::uint32_t place) {
    return block.text(block.codes[row.codes.begin + block.code_order[row.codes.begin + place].index].code);
  };
  const std::uint32_t place = lower_bound(0, row.codes.count, [&](std::uint32_t at) { return text(at) < code; });
  if (place < row.codes.count && text(place) == code) return block.code_order[row.codes.begin + place].index;
  if ((row.flags & CodeSystemRow::is_case_sensitive) != 0) return std::nullopt;
  for (std::uint32_t i = 0; i < row.codes.count; ++i)
    if (equal_but_for_case(block.text(block.codes[row.codes.begin + i].code), code)) return i;
  return std::nullopt;
}

CodeInfo Schema::code(CodeSystemId system, std::uint32_t index) const {
  const SchemaBlock& block = tables_->block;
  const CodeRow row = block.codes[block.code_systems[static_cast<std::uint32_t>(system)].codes.begin + index];
  return {.code = block.text(row.code), .display = block.text(row.display), .parent = row.parent};
}

bool Schema::subsumes(CodeSystemId system, std::uint32_t ancestor, std::uint32_t code) const {
  const SchemaBlock& block = tables_->block;
  const CodeSystemRow row = block.code_systems[static_cast<std::uint32_t>(system)];
  const std::uint32_t edges_end = row.more_parents.begin + row.more_parents.count;
  // Upwards from the code: along parents, and along the further parents that a few v3 codes have.
  std::vector<std::uint32_t> seen;
  std::vector<std::uint32_t> open{code};
  while (!open.empty()) {
    const std::uint32_t at = open.back();
    open.pop_back();
    if (at == ancestor) return true;
    if (std::ranges::find(seen, at) != seen.end()) continue;
    seen.push_back(at);
    const std::uint32_t parent = block.codes[row.codes.begin + at].parent;
    if (parent != CodeInfo::kNoParent) open.push_back(parent);
    for (std::uint32_t edge = lower_bound(row.more_parents.begin, edges_end,
                                          [&](std::uint32_t i) { return block.more_parents[i].child < at; });
         edge < edges_end && block.more_parents[edge].child == at; ++edge)
      open.push_back(block.more_parents[edge].parent);
  }
  return false;
}

Membership Schema::contains(ValueSetId set, std::string_view system, std::string_view code) const {
  const SchemaBlock& block = tables_->block;
  const ValueSetRow row = block.value_sets[static_cast<std::uint32_t>(set)];
  const std::uint32_t end = row.members.begin + row.members.count;

  const auto is_of_system = [&](std::string_view member_system) { return system.empty() || member_system == system; };
  for (std::uint32_t i = lower_bound(row.members.begin, end,
                                     [&](std::uint32_t at) { return block.text(block.members[at].code) < code; });
       i < end && block.text(block.members[i].code) == code; ++i)
    if (is_of_system(block.text(block.members[i].system))) return Membership::in;

  // Not as it is written; perhaps in other letters, where the system does not mind.
  for (std::uint32_t i = row.members.begin; i < end; ++i) {
    const MemberRow member = block.members[i];
    if (!equal_but_for_case(block.text(member.code), code) || !is_of_system(block.text(member.system))) continue;
    const CodeSystemId id = find_code_system(block.text(member.system));
    if (id != CodeSystemId::none && !code_system(id).is_case_sensitive) return Membership::in;
  }

  const std::span<const std::string_view> unknown = value_set(set).unknown_systems;
  const bool is_possible = std::ranges::any_of(
      unknown, [&](std::string_view url) { return system.empty() || url.empty() || url == system; });
  return is_possible ? Membership::unknown : Membership::not_in;
}

}  // namespace meridian::fhir
