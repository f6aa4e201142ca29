#include "store/internal/writing.hpp"

#include <algorithm>

namespace meridian::store {

void put_rows(kv::Batch& batch, TenantId tenant, std::span<const PlannedRow> rows, index::Row first,
              std::uint64_t commit, Instant time) {
  RowBlock block;
  block.commit = commit;
  block.time = time;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PlannedRow& planned = rows[i];
    const RowEntry& entry = planned.entry;
    const index::Row row = first + i;
    const std::string key = value_key(tenant, entry.home, entry.type, entry.id, row);
    if (entry.change == Change::deleted) {
      batch.put(space::kValues, key, kDeletedValue);
    } else {
      const std::string& value = planned.write->value;
      for (std::size_t n = 0; n < piece_count(value); ++n) {
        const ValuePiece piece = value_piece(key, value, n);
        batch.put(space::kValues, piece.key, piece.bytes);
      }
    }
    if (!planned.old_home.empty() && planned.old_home != entry.home) {
      batch.put(space::kValues, value_key(tenant, planned.old_home, entry.type, entry.id, row), kMovedValue);
    }
    const Pointer pointer{entry.change, entry.number, commit, time, planned.write->hash, entry.home};
    batch.put(space::kPointers, pointer_key(tenant, entry.type, entry.id, row), pointer.encode());
    block.rows.push_back(entry);
    if (block.rows.size() == RowBlock::kMaxRows || i + 1 == rows.size()) {
      batch.put(space::kBlocks, number_key(tenant, row + 1 - block.rows.size()), block.encode());
      block.rows.clear();
    }
  }
}

std::size_t bytes_of(const PlannedRow& row) {
  constexpr std::size_t kRecords = 200;
  const std::size_t names = row.entry.type.size() + row.entry.id.size() + row.entry.home.size();
  return row.write->value.size() + 4 * names + row.old_home.size() + kRecords;
}

void count_rows(TenantState& state, std::span<const PlannedRow> rows) {
  for (const PlannedRow& row : rows) {
    TenantState::Count& count = state.of(row.entry.type);
    ++count.versions;
    ++state.versions;
    const bool is_alive = row.entry.change != Change::deleted;
    if (is_alive && !row.was_alive) ++count.resources;
    if (!is_alive && row.was_alive && count.resources > 0) --count.resources;
  }
}

CommitRecord commit_record(const WriteContext& context, const TenantState& state, index::Row first, index::Row count) {
  CommitRecord record;
  record.time = state.time;
  record.first = first;
  record.count = count;
  record.end = state.next_row;
  record.versions = state.versions;
  record.actor = context.actor.id;
  record.reason = context.reason;
  record.source = context.source;
  return record;
}

}  // namespace meridian::store
