// Indexing from what is stored: after a start the rows that were in memory only, and everything for a reindex.
#pragma once

#include "base/callback.hpp"
#include "index/index.hpp"
#include "store/internal/parameter_sets.hpp"
#include "store/internal/snapshots.hpp"
#include "store/internal/value_codec.hpp"

namespace meridian::store {

inline constexpr index::IndexSpaces kIndexSpaces{space::kTerms, space::kColumns, space::kIndexState};

inline constexpr index::Row kChunkRows = 65'536;

/// Rows [first, end) of a snapshot with their entries, in order; those in `known` are left out.
using EntriesVisitor =
    Callback<bool(index::Row row, const index::Entries& entries, std::optional<index::Row> supersedes)>;
Result<> visit_entries(const Snapshot& snapshot, const ValueCodec& codec,
                       const std::shared_ptr<const search::Parameters>& parameters, index::Row first, index::Row end,
                       const index::Rows& known, const EntriesVisitor& visit);

/// Appends again what the index had in memory.
Result<> rebuild_head(index::Index& index, const Snapshot& snapshot, const ValueCodec& codec,
                      const std::shared_ptr<const search::Parameters>& parameters);

}  // namespace meridian::store
