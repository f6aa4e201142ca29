// Writing: what planned rows put into batches, and how they change a tenant's state.
#pragma once

#include <span>

#include "store/internal/deciding.hpp"

namespace meridian::store {

/// Room that a batch leaves for records at its end.
inline constexpr std::size_t kBatchMargin = std::size_t{256} << 10;

/// Values, pointers and blocks of consecutive rows. `commit` 0: of a span.
void put_rows(kv::Batch& batch, TenantId tenant, std::span<const PlannedRow> rows, index::Row first,
              std::uint64_t commit, Instant time);
/// About what that takes.
std::size_t bytes_of(const PlannedRow& row);
/// Counts them in.
void count_rows(TenantState& state, std::span<const PlannedRow> rows);
CommitRecord commit_record(const WriteContext& context, const TenantState& state, index::Row first, index::Row count);

}  // namespace meridian::store
