// Commits: their records, by number and by time, and the rows that each wrote.
#pragma once

#include <cstdint>

#include "base/callback.hpp"
#include "store/internal/reading.hpp"

namespace meridian::store {

/// not_found beyond the snapshot; io_failure when one is missing.
Result<CommitRecord> get_commit(const Snapshot& snapshot, std::uint64_t commit);
/// The greatest commit whose time is before that one; 0 when there is none. Times never go back, so it halves its way.
Result<std::uint64_t> last_commit_before(const Snapshot& snapshot, Instant time);

/// Rows of commits in [first, last], the newest commit first and within it the last row first, until `visit` says
/// false. Cheap to end early.
using RowVisitor = Callback<bool(index::Row row, const RowFacts& facts)>;
Result<> visit_backwards(const Snapshot& snapshot, std::uint64_t first, std::uint64_t last, const RowVisitor& visit);

}  // namespace meridian::store
