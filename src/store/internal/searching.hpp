// Searching: FHIR searches on a snapshot: the store's side of search/engine.hpp.
//
// Engines are kept, one for each set of parameters. A page's cursor names the snapshot of the first page, so that
// later pages see the same.
#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "index/index.hpp"
#include "search/engine.hpp"
#include "store/internal/parameter_sets.hpp"
#include "store/internal/reading.hpp"
#include "store/internal/showing.hpp"
#include "store/store.hpp"

namespace meridian::store {

class Searching {
 public:
  Searching(const index::Index& index, const ParameterSets& parameters, const ValueCodec& codec,
            const search::CodeSets* code_sets)
      : index_(index), parameters_(parameters), codec_(codec), code_sets_(code_sets) {}

  /// `known`: rows that the caller has already, which are left out of the page.
  Result<ResultPage> search(const Snapshots& snapshots, const Showing& showing, const ReadContext& context,
                            const search::Query& query, const index::Rows* known = nullptr) const;

  /// A conditional interaction's search, parsed; its faults go into `issues`.
  Result<search::Filter> parse(TenantId tenant, std::string_view type,
                               const std::vector<std::pair<std::string, std::string>>& request, Issues& issues) const;
  /// Current rows of the type that satisfy a filter, as the snapshot sees them.
  Result<index::Rows> rows(const Snapshot& snapshot, std::string_view type, const search::Filter& filter) const;
  /// Whether a document that is not stored yet satisfies a filter without chains.
  Result<bool> matches(TenantId tenant, fhir::Node resource, std::string_view id, const search::Filter& filter) const;

 private:
  std::shared_ptr<const search::Engine> engine(TenantId tenant) const;

  const index::Index& index_;
  const ParameterSets& parameters_;
  const ValueCodec& codec_;
  const search::CodeSets* code_sets_;
  struct Kept {
    std::shared_ptr<const search::Parameters> parameters;
    std::shared_ptr<const search::Engine> engine;
  };
  mutable std::mutex mutex_;
  mutable std::map<TenantId, Kept> engines_;
};

/// Whether a filter asks of other resources than the one at hand.
bool looks_around(const search::Filter& filter);

}  // namespace meridian::store
