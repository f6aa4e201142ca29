#include "search/testing/entries_index.hpp"

namespace meridian::search::testing {

void EntriesIndex::add(std::uint64_t row, const index::Entries& entries) {
  for (const index::Entries::Term& term : entries.terms()) {
    terms_[{term.field, std::string(entries.term(term))}].insert(row);
  }
  for (const index::Entries::Column& column : entries.columns()) {
    columns_[column.field][row] = {column.low, column.high};
  }
}

EntriesIndex::RowSet EntriesIndex::rows(const Probe::Part& part) const {
  RowSet found;
  if (part.kind == Probe::Kind::terms) {
    if (part.end.empty()) return marked_with(part.field, part.begin);
    const auto last = terms_.lower_bound({part.field, part.end});
    for (auto at = terms_.lower_bound({part.field, part.begin}); at != last && at != terms_.end(); ++at) {
      if (accepts(part, at->first.second)) found.insert(at->second.begin(), at->second.end());
    }
    return found;
  }
  const auto column = columns_.find(part.field);
  if (column == columns_.end()) return found;
  for (const auto& [row, value] : column->second) {
    const bool is_within = value.first >= part.low.least && value.first <= part.low.greatest &&
                           value.second >= part.high.least && value.second <= part.high.greatest;
    if (is_within) found.insert(row);
  }
  return found;
}

EntriesIndex::RowSet EntriesIndex::marked_with(index::FieldId field, const std::string& term) const {
  const auto found = terms_.find({field, term});
  return found == terms_.end() ? RowSet() : found->second;
}

EntriesIndex::RowSet EntriesIndex::marked(index::FieldId field) const {
  return field == index::FieldId{} ? RowSet() : marked_with(field, {});
}

EntriesIndex::RowSet EntriesIndex::answer(const Probe& probe, const RowSet& all,
                                          const std::function<bool(std::uint64_t)>& look) const {
  RowSet sure;
  RowSet edge;
  for (const Probe::Part& part : probe.parts) {
    const RowSet found = rows(part);
    (part.is_sure ? sure : edge).insert(found.begin(), found.end());
  }
  RowSet decided;
  for (const Probe::Part& part : probe.columns) decided.merge(rows(part));
  const RowSet several = marked(probe.several);
  RowSet answer = sure;
  for (const std::uint64_t row : edge) {
    if (sure.contains(row)) continue;
    const bool must_look = probe.columns.empty() || several.contains(row);
    if (must_look ? look(row) : decided.contains(row)) answer.insert(row);
  }
  for (const std::uint64_t row : marked(probe.doubtful)) {
    if (look(row)) answer.insert(row);
  }
  if (!probe.is_negated) return answer;
  RowSet others;
  for (const std::uint64_t row : all) {
    if (!answer.contains(row)) others.insert(row);
  }
  return others;
}

EntriesIndex::RowSet EntriesIndex::answer_by_columns(const Probe& probe,
                                                     const std::function<bool(std::uint64_t)>& look) const {
  RowSet answer;
  for (const Probe::Part& part : probe.columns) answer.merge(rows(part));
  for (const std::uint64_t row : marked(probe.several)) {
    if (look(row)) answer.insert(row);
  }
  return answer;
}

}  // namespace meridian::search::testing
