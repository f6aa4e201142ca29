#include "search/internal/looker.hpp"

#include <algorithm>
#include <utility>

#include "search/internal/intervals.hpp"

namespace meridian::search::internal {

Looker::Looker(const std::shared_ptr<const Parameters>& parameters, const CodeSets* code_sets, const Reading& reading)
    : parameters_(*parameters),
      matcher_(*parameters, code_sets, nullptr, reading),
      reader_(parameters->schema(), reading.zone),
      extractor_(parameters, reading.zone) {}

Looker::~Looker() = default;

void Looker::begin(Documents& documents) {
  documents_ = &documents;
  loaded_ = 0;
  for (Held& held : held_) held = Held();
}

Result<Looker::Held*> Looker::hold(index::Row row) {
  Held& held = held_[row % kHeld];
  if (held.is_used && held.row == row) return &held;
  held = Held();
  held.identity = TRY(documents_->identify(row));
  held.document = TRY(documents_->load(row));
  held.row = row;
  held.is_used = true;
  ++loaded_;
  return &held;
}

Result<const index::Entries*> Looker::entries(Held& held) {
  if (!held.entries) {
    held.entries.emplace();
    if (held.document) extractor_.extract(held.document->root(), held.identity.id, *held.entries);
  }
  return &*held.entries;
}

Result<bool> Looker::matches(index::Row row, std::span<const Condition* const> conditions) {
  Held& held = *TRY(hold(row));
  if (!held.document) return false;
  const Version version{held.identity.id, {}};
  for (const Condition* condition : conditions) {
    if (!TRY(matcher_.matches(held.document->root(), *condition, version))) return false;
  }
  return true;
}

Result<void> Looker::references(index::Row row, const Parameter& parameter, std::vector<Reference>& out) {
  Held& held = *TRY(hold(row));
  if (!held.document) return {};
  reader_.begin(held.document->root(), held.identity.id);
  for (const ReferenceValue& value : reader_.read(parameter).references) {
    Reference reference;
    reference.type = value.type;
    reference.id = value.id;
    reference.url = value.url;
    out.push_back(std::move(reference));
  }
  return {};
}

Result<std::string> Looker::address(index::Row row) {
  const Documents::Identity identity = TRY(documents_->identify(row));
  return std::string(parameters_.schema().type(identity.type).name) + "/" + identity.id;
}

Result<std::optional<std::string>> Looker::term(index::Row row, index::FieldId field, bool greatest) {
  Held& held = *TRY(hold(row));
  const index::Entries& entries = *TRY(this->entries(held));
  std::optional<std::string_view> best;
  for (const index::Entries::Term& term : entries.terms()) {
    if (term.field != field) continue;
    const std::string_view text = entries.term(term).substr(0, index::kMaxTermBytes);
    if (!best || (greatest ? text > *best : text < *best)) best = text;
  }
  if (!best) return std::nullopt;
  return std::string(*best);
}

Result<std::optional<std::pair<std::uint64_t, std::uint64_t>>> Looker::column(index::Row row,
                                                                              const Parameter& parameter) {
  std::optional<std::pair<std::uint64_t, std::uint64_t>> all;
  Held& held = *TRY(hold(row));
  if (!held.document) return all;
  const auto add = [&](std::uint64_t low, std::uint64_t high) {
    all = all ? std::pair(std::min(all->first, low), std::max(all->second, high)) : std::pair(low, high);
  };
  const auto add_number = [&](const NumberValue& number) {
    add(number.low ? number_coordinate(*number.low) : 0, number.high ? number_coordinate(*number.high) : UINT64_MAX);
  };
  reader_.begin(held.document->root(), held.identity.id);
  const Values& values = reader_.read(parameter);
  for (const DateValue& date : values.dates) {
    const bool is_open = date.high == DateValue::kForever;
    add(date_coordinate(date.low), date_coordinate(is_open ? date.high : date.high - 1));
  }
  for (const NumberValue& number : values.numbers) add_number(number);
  for (const QuantityValue& quantity : values.quantities) {
    add_number(quantity.dimension.empty() ? quantity.number : quantity.canonical);
  }
  return all;
}

Result<bool> Looker::contains(index::Row row, fhir::TypeId type, const Filter& filter) {
  Held& held = *TRY(hold(row));
  if (!held.document) return false;
  for (const fhir::Node contained : held.document->root().children()) {
    if (contained.type() != type || contained.key() != "contained") continue;
    if (TRY(matcher_.matches(contained, filter, Version{}))) return true;
  }
  return false;
}

}  // namespace meridian::search::internal
