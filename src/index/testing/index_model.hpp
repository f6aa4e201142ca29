// A simple index to compare with: every row with all that is said of it, asked one by one.
#pragma once

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "index/index.hpp"

namespace meridian::testing {

class IndexModel {
 public:
  struct Entry {
    std::map<std::uint64_t, std::set<std::string>> terms;
    std::map<std::uint64_t, std::pair<std::uint64_t, std::uint64_t>> columns;
    std::optional<index::Row> supersedes;

    index::Entries entries() const;
  };

  void add(index::Row row, Entry entry) { rows_[row] = std::move(entry); }
  const std::map<index::Row, Entry>& rows() const { return rows_; }
  void clear() { rows_.clear(); }

  using RowList = std::vector<index::Row>;
  RowList visible(const index::Visible& visible) const;
  RowList current(const index::Visible& visible) const;
  RowList with_terms(const index::Visible& visible, std::uint64_t field, const std::string& begin,
                     const std::string& end) const;
  RowList with_any(const index::Visible& visible, std::uint64_t field, const std::vector<std::string>& wanted) const;
  /// Every term of a range with its rows, in order.
  std::vector<std::pair<std::string, RowList>> terms(const index::Visible& visible, std::uint64_t field,
                                                     const std::string& begin, const std::string& end) const;
  struct Value {
    index::Row row;
    std::uint64_t low;
    std::uint64_t high;
    bool operator==(const Value&) const = default;
  };
  std::vector<Value> column(const index::Visible& visible, std::uint64_t field, const index::Rows& candidates) const;

 private:
  std::map<index::Row, Entry> rows_;
};

bool is_seen(const index::Visible& visible, index::Row row);

}  // namespace meridian::testing
