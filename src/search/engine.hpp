// Engine: runs a query on an index view: plans, intersects, looks at what is open, sorts, pages, includes, counts.
//
// Answers are rows; their documents come from a port. Exact: the same as matching.hpp on every current resource. A
// page's cursor holds the place in the order: with the same snapshot (which the store puts beside it) the next page
// neither repeats nor drops anything. Without _sort the newest version comes first; with it, what has no value comes
// last, and equals newest first. Threads: one Engine serves any number. Errors: invalid_argument for a cursor that is
// none of this query's and for values that mean nothing, too_costly, timeout, cancelled, and those of the ports.
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
  /// The rows that commits of [from, to) made, by time: for _lastUpdated. Microseconds since 1970, as Instant's;
  /// INT64_MIN and INT64_MAX where it is open.
  virtual Result<index::Rows> updated_between(std::int64_t from, std::int64_t to) = 0;
  virtual Result<std::int64_t> updated_at(index::Row row) = 0;
};

/// What whoever asks may see: joined to what is found, to what chains and _has pass through and to what is included.
class Visibility {
 public:
  virtual ~Visibility() = default;
  /// Null: every resource of the type. A filter of kind `any` without parts: none. It lives as long as this does.
  virtual Result<const Filter*> of(fhir::TypeId type) const = 0;
};

struct SearchPage {
  std::vector<index::Row> matches;
  std::vector<index::Row> included;
  bool is_cut = false;  ///< more would have been included than kMaxIncluded
  std::optional<std::uint64_t> total;
  std::string next;         ///< cursor of the next page; empty on the last
  std::string explanation;  ///< the plan, with counts and times, when asked for
};

inline constexpr std::size_t kMaxIncluded = 2000;  ///< on one page

/// Where one way of answering becomes cheaper than another. It changes what a search costs, never what it finds.
struct Tuning {
  std::uint64_t few_sources = 64;   ///< so many rows are joined by looking at each
  std::uint64_t few_targets = 256;  ///< so many resources are reached by their addresses, more by columns
  std::uint64_t few_sorted = 128;   ///< so many rows are sorted by their documents
  std::uint64_t few_times = 1024;   ///< of so many rows each one's time is asked for
  std::uint64_t look_cost = 4'000;  ///< of a document, in rows of the index
  std::uint64_t term_cost = 30;     ///< of a document, in terms walked over
};

class Engine {
 public:
  /// What is given lives as long as the Engine.
  Engine(std::shared_ptr<const Parameters> parameters, const CodeSets* code_sets, const Reading& reading = {},
         const Tuning& tuning = {});

  ~Engine();

  /// `visibility` null: everything may be seen.
  Result<SearchPage> search(const index::IndexView& view, Documents& documents, const Query& query,
                            const Visibility* visibility, const index::Patience& patience) const;
  /// Every current row that satisfies it, in no order: for conditional interactions, exports, counts.
  Result<index::Rows> rows(const index::IndexView& view, Documents& documents, fhir::TypeId type, const Filter& filter,
                           const index::Patience& patience) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::search
