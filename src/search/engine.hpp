// Engine: runs a query on an index view: plans, intersects, looks at what is open, sorts, pages, includes, counts.
//
// Answers are rows; their documents come from a port. Exact: the same as matching.hpp on every current resource. A
// page's cursor holds the snapshot and the place in the order, so that writes in between neither repeat nor drop
// anything. Threads: one Engine serves any number.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "index/index.hpp"
#include "search/matching.hpp"
#include "search/query.hpp"

namespace meridian::search {

/// Documents by row: implemented by the store.
class Documents {
 public:
  virtual ~Documents() = default;
  struct Identity {
    fhir::TypeId type;
    std::string id;
  };
  virtual Result<Identity> identify(index::Row row) = 0;
  /// Nothing when the row is a deletion or was purged.
  virtual Result<std::optional<fhir::Document>> load(index::Row row) = 0;
  /// The rows that commits of [from, to) made, by time: for _lastUpdated. Nanoseconds of Instant.
  virtual Result<index::Rows> updated_between(std::int64_t from, std::int64_t to) = 0;
  virtual Result<std::int64_t> updated_at(index::Row row) = 0;
};

struct SearchPage {
  std::vector<index::Row> matches;
  std::vector<index::Row> included;
  std::optional<std::uint64_t> total;
  std::string next;         ///< cursor of the next page; empty on the last
  std::string explanation;  ///< the plan, with counts and times, when asked for
};

class Engine {
 public:
  /// What is given lives as long as the Engine.
  Engine(std::shared_ptr<const Parameters> parameters, const CodeSets* code_sets);

  /// `policy` must hold of every match and every included resource, and of what chains pass through.
  Result<SearchPage> search(const index::IndexView& view, Documents& documents, const Query& query,
                            const Filter& policy, const index::Patience& patience) const;
  /// Every current row that satisfies it, in no order: for conditional interactions, exports, counts.
  Result<index::Rows> rows(const index::IndexView& view, Documents& documents, fhir::TypeId type, const Filter& filter,
                           const index::Patience& patience) const;

 private:
  std::shared_ptr<const Parameters> parameters_;
  const CodeSets* code_sets_;
};

}  // namespace meridian::search
