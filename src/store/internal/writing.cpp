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
      batch.put(space::kValues, key, value_piece(key, planned.write->value, 0).bytes);
    }
    if (!planned.write->sealed.empty()) batch.put(space::kNotes, key, planned.write->sealed);
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

void put_note(kv::Batch& batch, const PlannedNote& note) {
  batch.put(space::kNotes, note.key, note.write->sealed);
}

void put_piece(kv::Batch& batch, TenantId tenant, const PlannedRow& planned, index::Row row, std::size_t n) {
  const RowEntry& entry = planned.entry;
  const ValuePiece piece =
      value_piece(value_key(tenant, entry.home, entry.type, entry.id, row), planned.write->value, n);
  batch.put(space::kValues, piece.key, piece.bytes);
}

Result<> sweep(kv::Kv& kv, TenantId tenant, index::Row first, index::Row count) {
  const auto view = kv.view();
  kv::Batch batch;
  Result<> done;
  const auto commit = [&] {
    done = kv.commit(batch, kv::Durability::written);
    batch.clear();
    return done.has_value();
  };
  TRY(visit_rows(*view, tenant, first, first + count, [&](index::Row row, const RowBlock&, const RowEntry& entry) {
    const std::string key = value_key(tenant, entry.home, entry.type, entry.id, row);
    const auto pieces = view->scan(space::kValues, kv::Range::prefix(key));
    for (; pieces->valid(); pieces->next()) batch.erase(space::kValues, pieces->key());
    batch.erase(space::kNotes, key);
    if (entry.supersedes != RowEntry::kNone) {
      // A mark may lie in the home that it would have left.
      const auto before = view->scan(space::kPointers, kv::Range::prefix(pointer_prefix(tenant, entry.type, entry.id)));
      for (; before->valid(); before->next()) {
        const Result<Pointer> pointer = Pointer::parse(before->value());
        if (pointer && pointer->home != entry.home) {
          batch.erase(space::kValues, value_key(tenant, pointer->home, entry.type, entry.id, row));
        }
      }
    }
    batch.erase(space::kPointers, pointer_key(tenant, entry.type, entry.id, row));
    return batch.bytes() < kv::kMaxBatchBytes / 2 || commit();
  }));
  TRY(std::move(done));
  // The blocks go last: they are what says where the rest lies.
  const auto blocks = view->scan(space::kBlocks, {number_key(tenant, first), number_key(tenant, first + count)});
  for (; blocks->valid(); blocks->next()) batch.erase(space::kBlocks, blocks->key());
  TRY(blocks->status());
  return kv.commit(batch, kv::Durability::written);
}

std::size_t bytes_of(const PlannedRow& row) {
  constexpr std::size_t kRecords = 200;
  const std::size_t names = row.entry.type.size() + row.entry.id.size() + row.entry.home.size();
  return row.write->value.size() + row.write->sealed.size() + 4 * names + row.old_home.size() + kRecords;
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
