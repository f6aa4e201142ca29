// Chains, _has and references: from rows of one type to rows of another.
#include <algorithm>
#include <utility>

#include "search/internal/evaluation.hpp"

namespace meridian::search::internal {

using fhir::TypeId;
using index::Rows;

namespace {

/// Calls back with each row until it fails.
template <typename Visit>
Result<void> each(const Rows& rows, Visit visit) {
  Result<void> outcome;
  rows.visit([&](const index::Row* batch, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      outcome = visit(batch[i]);
      if (!outcome) return false;
    }
    return true;
  });
  return outcome;
}

void sort_unique(std::vector<std::uint64_t>& keys) {
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
}

}  // namespace

index::FieldId Evaluation::field_of(const Parameter& parameter, Facet facet) const {
  return field(parameter.type, setting_.parameters->schema(), parameter.code, facet);
}

Result<std::vector<std::uint64_t>> Evaluation::keys_of(const Rows& rows, index::FieldId column) {
  return setting_.view->column_values(column, rows, *setting_.patience);
}

Result<Rows> Evaluation::several_of(const Parameter& parameter, const Rows& within) {
  Rows rows = TRY(setting_.view->with_term(field_of(parameter, Facet::several), "", *setting_.patience));
  rows &= within;
  return rows;
}

Result<Rows> Evaluation::addressed(TypeId type, std::span<const std::string> ids) {
  const Parameter* parameter = setting_.parameters->find(type, "_id");
  if (parameter == nullptr || ids.empty()) return Rows();
  Condition condition;
  condition.parameter = parameter;
  condition.name = "_id";
  for (const std::string& id : ids) condition.operands.push_back({Prefix::eq, id, {}});
  std::vector<Item> items;
  items.push_back(TRY(item(type, condition, true)));
  return all(type, std::move(items), nullptr);
}

Result<Rows> Evaluation::referring(const Parameter& reference, std::vector<std::string> addresses, const Rows* within) {
  if (addresses.empty()) return Rows();
  Condition condition;
  condition.parameter = &reference;
  condition.name = reference.code;
  for (std::string& address : addresses) condition.operands.push_back({Prefix::eq, std::move(address), {}});
  std::vector<Item> items;
  items.push_back(TRY(item(reference.type, condition, true)));
  return all(reference.type, std::move(items), within);
}

/// https://hl7.org/fhir/R4/search.html#chaining
Result<Rows> Evaluation::chain(TypeId type, const Condition& condition, bool trusted, const Rows* within) {
  static_cast<void>(type);
  Rows found;
  for (const Condition::Link& link : condition.chain) {
    const std::uint64_t size = type_size(link.type);
    if (size == 0) continue;
    std::optional<Rows> reached;
    if (within != nullptr && within->count() <= setting_.tuning->few_sources && size > setting_.tuning->few_targets) {
      reached = TRY(reached_from(*within, *condition.parameter, link.type));
    }
    const Rows* inner_within = reached ? &*reached : nullptr;
    const Rows targets = trusted ? TRY(rows(link.type, *link.filter, inner_within))
                                 : TRY(visible(link.type, *link.filter, inner_within));
    if (!targets.empty()) found |= TRY(leading_to(*condition.parameter, link.type, targets, within));
  }
  return found;
}

/// Rows of the target type that few rows refer to.
Result<std::optional<Rows>> Evaluation::reached_from(const Rows& sources, const Parameter& reference, TypeId target) {
  const std::string_view target_name = setting_.parameters->schema().type(target).name;
  std::vector<Reference> references;
  TRY(each(sources, [&](index::Row row) { return setting_.looker->references(row, reference, references); }));
  std::vector<std::string> ids;
  for (const Reference& one : references) {
    if (one.type == target_name && !one.id.empty()) ids.push_back(one.id);
  }
  return std::optional<Rows>(TRY(addressed(target, ids)));
}

/// Rows that refer to one of the targets.
Result<Rows> Evaluation::leading_to(const Parameter& reference, TypeId target, const Rows& targets,
                                    const Rows* within) {
  const std::uint64_t count = targets.count();
  if (count <= setting_.tuning->few_targets) {
    std::vector<std::string> addresses;
    TRY(each(targets, [&](index::Row row) -> Result<void> {
      addresses.push_back(TRY(setting_.looker->address(row)));
      return {};
    }));
    return referring(reference, std::move(addresses), within);
  }
  const fhir::Schema& schema = setting_.parameters->schema();
  const std::vector<std::uint64_t> keys = TRY(keys_of(targets, field(target, schema, "_id", Facet::column)));
  const Rows& candidates = within != nullptr ? *within : *TRY(base(reference.type));
  Rows found = TRY(setting_.view->column_in(field_of(reference, Facet::column), candidates, keys, *setting_.patience));
  Rows several = TRY(several_of(reference, candidates));
  several -= found;
  std::vector<Reference> references;
  TRY(each(several, [&](index::Row row) -> Result<void> {
    TRY(keep_going(setting_.patience->deadline, setting_.patience->stop));
    references.clear();
    TRY(setting_.looker->references(row, reference, references));
    for (const Reference& one : references) {
      if (one.id.empty()) continue;
      if (!std::binary_search(keys.begin(), keys.end(), reference_key(one.type, one.id))) continue;
      found.add(row);
      break;
    }
    return {};
  }));
  return found;
}

/// https://hl7.org/fhir/R4/search.html#has
Result<Rows> Evaluation::has(TypeId type, const Condition::Reverse& reverse, bool trusted, const Rows* within) {
  const fhir::Schema& schema = setting_.parameters->schema();
  const std::uint64_t size = type_size(reverse.type);
  if (size == 0) return Rows();
  std::optional<Rows> about;
  if (within != nullptr && within->count() <= setting_.tuning->few_sources && size > setting_.tuning->few_targets) {
    std::vector<std::string> addresses;
    TRY(each(*within, [&](index::Row row) -> Result<void> {
      addresses.push_back(TRY(setting_.looker->address(row)));
      return {};
    }));
    about = TRY(referring(*reverse.reference, std::move(addresses), nullptr));
  }
  const Rows* inner_within = about ? &*about : nullptr;
  const Rows sources = trusted ? TRY(rows(reverse.type, *reverse.filter, inner_within))
                               : TRY(visible(reverse.type, *reverse.filter, inner_within));
  if (sources.empty()) return Rows();
  if (within == nullptr && sources.count() <= setting_.tuning->few_sources) {
    return *TRY(reached_from(sources, *reverse.reference, type));
  }
  std::vector<std::uint64_t> keys = TRY(keys_of(sources, field_of(*reverse.reference, Facet::column)));
  const Rows several = TRY(several_of(*reverse.reference, sources));
  std::vector<Reference> references;
  TRY(each(several, [&](index::Row row) -> Result<void> {
    TRY(keep_going(setting_.patience->deadline, setting_.patience->stop));
    return setting_.looker->references(row, *reverse.reference, references);
  }));
  for (const Reference& one : references) {
    if (!one.id.empty()) keys.push_back(reference_key(one.type, one.id));
  }
  sort_unique(keys);
  const Rows& candidates = within != nullptr ? *within : *TRY(base(type));
  return setting_.view->column_in(field(type, schema, "_id", Facet::column), candidates, keys, *setting_.patience);
}

}  // namespace meridian::search::internal
