#include "index/testing/index_model.hpp"

#include <algorithm>

namespace meridian::testing {

using index::Row;
using index::Visible;

bool is_seen(const Visible& visible, Row row) {
  return row < visible.end && std::none_of(
                                  visible.holes.begin(), visible.holes.end(),
                                  [&](const auto& hole) { return hole.first <= row && row < hole.second; });
}

index::Entries IndexModel::Entry::entries() const {
  index::Entries entries;
  for (const auto& [field, of_field] : terms) {
    for (const std::string& term : of_field) entries.add_term(index::FieldId{field}, term);
  }
  for (const auto& [field, value] : columns) entries.add_column(index::FieldId{field}, value.first, value.second);
  return entries;
}

IndexModel::RowList IndexModel::visible(const Visible& visible) const {
  RowList seen;
  for (const auto& [row, entry] : rows_) {
    if (is_seen(visible, row)) seen.push_back(row);
  }
  return seen;
}

IndexModel::RowList IndexModel::current(const Visible& visible) const {
  std::set<Row> superseded;
  for (const auto& [row, entry] : rows_) {
    if (entry.supersedes && is_seen(visible, row)) superseded.insert(*entry.supersedes);
  }
  RowList seen = this->visible(visible);
  std::erase_if(seen, [&](Row row) { return superseded.contains(row); });
  return seen;
}

std::vector<std::pair<std::string, IndexModel::RowList>> IndexModel::terms(const Visible& visible, std::uint64_t field,
                                                                           const std::string& begin,
                                                                           const std::string& end) const {
  std::map<std::string, RowList> found;
  for (const auto& [row, entry] : rows_) {
    const auto of_field = entry.terms.find(field);
    if (of_field == entry.terms.end() || !is_seen(visible, row)) continue;
    for (const std::string& term : of_field->second) {
      if (term >= begin && (end.empty() || term < end)) found[term].push_back(row);
    }
  }
  return {found.begin(), found.end()};
}

IndexModel::RowList IndexModel::with_terms(const Visible& visible, std::uint64_t field, const std::string& begin,
                                           const std::string& end) const {
  std::set<Row> rows;
  for (const auto& [term, of_term] : terms(visible, field, begin, end)) rows.insert(of_term.begin(), of_term.end());
  return {rows.begin(), rows.end()};
}

IndexModel::RowList IndexModel::with_any(const Visible& visible, std::uint64_t field,
                                         const std::vector<std::string>& wanted) const {
  RowList rows;
  for (const auto& [row, entry] : rows_) {
    const auto of_field = entry.terms.find(field);
    if (of_field == entry.terms.end() || !is_seen(visible, row)) continue;
    if (std::any_of(wanted.begin(), wanted.end(),
                    [&](const std::string& term) { return of_field->second.contains(term); })) {
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<IndexModel::Value> IndexModel::column(const Visible& visible, std::uint64_t field,
                                                  const index::Rows& candidates) const {
  std::vector<Value> values;
  for (const auto& [row, entry] : rows_) {
    const auto value = entry.columns.find(field);
    if (value == entry.columns.end() || !is_seen(visible, row) || !candidates.contains(row)) continue;
    values.push_back({row, value->second.first, value->second.second});
  }
  return values;
}

}  // namespace meridian::testing
