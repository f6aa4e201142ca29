// Writing: what planned rows put into batches, and how they change a tenant's state.
#pragma once

#include <span>

#include "store/internal/deciding.hpp"

namespace meridian::store {

/// Room that a batch leaves for records at its end.
inline constexpr std::size_t kBatchMargin = std::size_t{256} << 10;

/// Values, pointers and blocks of consecutive rows. `commit` 0: of a span. Of a value in pieces only the first: the
/// others are put_piece()'s.
void put_rows(kv::Batch& batch, TenantId tenant, std::span<const PlannedRow> rows, index::Row first,
              std::uint64_t commit, Instant time);
/// A note beside a version that is there.
void put_note(kv::Batch& batch, const PlannedNote& note);
/// The n-th piece of a planned row's value, n from 1.
void put_piece(kv::Batch& batch, TenantId tenant, const PlannedRow& planned, index::Row row, std::size_t n);
/// Takes out what was written under rows of a span that never was committed.
Result<> sweep(kv::Kv& kv, TenantId tenant, index::Row first, index::Row count);
/// About what that takes.
std::size_t bytes_of(const PlannedRow& row);
/// Puts a planned row into an index or a chunk of one.
template <typename Chunk>
void add_to(Chunk& chunk, const PlannedRow& planned, index::Row row) {
  static const index::Entries kNone;
  std::optional<index::Row> supersedes;
  if (planned.entry.supersedes != RowEntry::kNone) supersedes = planned.entry.supersedes;
  chunk.add(row, planned.entry.change == Change::deleted ? kNone : planned.write->entries, supersedes);
}
/// Counts them in.
void count_rows(TenantState& state, std::span<const PlannedRow> rows);
CommitRecord commit_record(const WriteContext& context, const TenantState& state, index::Row first, index::Row count);

}  // namespace meridian::store
