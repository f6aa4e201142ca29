// Order: the first rows of a set, from a place on, by the keys of `_sort`.
//
// A key splits rows into groups of one value, in order; within a group the next key decides, at last the newest row.
// What has no value comes last in both directions; of several values the one counts that comes first in the direction
// asked for. Dates, numbers and quantities are read off columns (dates by their beginning upwards and by their end
// downwards); strings, tokens, references and URIs are compared as their terms: few rows by their documents, many by
// walking over the terms until enough rows are met. Specification: https://hl7.org/fhir/R4/search.html#sort
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "search/internal/cursor.hpp"
#include "search/internal/evaluation.hpp"

namespace meridian::search::internal {

class Order {
 public:
  /// Rows to be ordered are of these types.
  Order(const Setting& setting, std::span<const fhir::TypeId> types, std::span<const SortKey> keys);

  std::uint64_t hash() const { return hash_; }
  std::size_t keys() const { return keys_.size(); }
  /// At most `limit` rows after a place, or from the beginning.
  Result<std::vector<Place>> first(const index::Rows& rows, std::size_t limit, const std::optional<Place>& after);

 private:
  enum class Source : std::uint8_t { time, column, terms };
  struct Key {
    Source source = Source::time;
    bool descending = false;
    std::vector<const Parameter*> parameters;  // one a type
  };
  struct Groups {
    std::map<std::string, index::Rows> by_value;
    index::Rows without;  ///< rows that have no value
  };

  Result<void> place(const index::Rows& rows, std::size_t level, std::size_t limit, const Place* after, Place& path,
                     std::vector<Place>& out);
  Result<Groups> groups(const index::Rows& rows, const Key& key, std::size_t limit,
                        const std::optional<std::string>* after);
  Result<void> by_time(const index::Rows& rows, const Key& key, std::size_t limit, const std::string* after,
                       Groups& groups);
  Result<void> by_column(const index::Rows& rows, const Key& key, std::size_t limit, const std::string* after,
                         Groups& groups);
  Result<void> by_terms(const index::Rows& rows, const Key& key, std::size_t limit, const std::string* after,
                        Groups& groups);
  Result<void> by_documents(const index::Rows& rows, const Parameter& parameter, bool descending,
                            const std::string* after, Groups& groups);
  Result<void> by_walk(const index::Rows& rows, const Parameter& parameter, bool descending, std::size_t limit,
                       const std::string* after, Groups& groups);
  index::FieldId field_of(const Parameter& parameter, Facet facet) const;

  Setting setting_;
  std::vector<Key> keys_;
  std::uint64_t hash_ = 0;
};

}  // namespace meridian::search::internal
