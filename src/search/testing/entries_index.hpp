// For tests: an index of entries in plain maps, and the answer of a probe from it, step by step as terms.hpp says.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "index/entries.hpp"
#include "search/terms.hpp"

namespace meridian::search::testing {

class EntriesIndex {
 public:
  using RowSet = std::set<std::uint64_t>;

  void add(std::uint64_t row, const index::Entries& entries);
  /// Rows with a term or a column value of the part.
  RowSet rows(const Probe::Part& part) const;
  RowSet marked_with(index::FieldId field, const std::string& term) const;
  RowSet marked(index::FieldId field) const;
  /// The rows among `all` that the probe stands for; `look` is matching, asked of what the index leaves open.
  RowSet answer(const Probe& probe, const RowSet& all, const std::function<bool(std::uint64_t)>& look) const;
  /// The same from the columns alone, where the probe says that they suffice.
  RowSet answer_by_columns(const Probe& probe, const std::function<bool(std::uint64_t)>& look) const;

 private:
  std::map<std::pair<index::FieldId, std::string>, RowSet> terms_;
  std::map<index::FieldId, std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>>> columns_;
};

}  // namespace meridian::search::testing
