#include "store/internal/commits.hpp"

#include "store/internal/tuple.hpp"

namespace meridian::store {

namespace {

/// Of one commit, rows from the last to the first; false when the visitor wants no more.
Result<bool> visit_commit_backwards(const Snapshot& snapshot, std::uint64_t commit, const CommitRecord& record,
                                    const RowVisitor& visit) {
  const TenantId tenant = snapshot.horizon->tenant;
  const kv::Range range{number_key(tenant, record.first), number_key(tenant, record.first + record.count)};
  const auto cursor = snapshot.view->scan(space::kBlocks, range, kv::Direction::backward);
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key());
    reader.u32();
    const index::Row first = reader.u64();
    RowBlock block = TRY(RowBlock::parse(cursor->value()));
    for (std::size_t i = block.rows.size(); i-- > 0;) {
      if (!visit(first + i, {std::move(block.rows[i]), commit, record.time})) return false;
    }
  }
  TRY(cursor->status());
  return true;
}

}  // namespace

Result<CommitRecord> get_commit(const Snapshot& snapshot, std::uint64_t commit) {
  if (commit == 0 || commit > snapshot.horizon->commit) return fail(ErrorCode::not_found, "no such commit");
  const auto bytes = TRY(snapshot.view->get(space::kCommits, number_key(snapshot.horizon->tenant, commit)));
  if (!bytes) return fail(ErrorCode::io_failure, "a commit's record is missing: run verify");
  return CommitRecord::parse(*bytes);
}

Result<std::uint64_t> last_commit_before(const Snapshot& snapshot, Instant time) {
  std::uint64_t before = 0;  // known to be before
  std::uint64_t not_before = snapshot.horizon->commit + 1;
  while (not_before - before > 1) {
    const std::uint64_t middle = before + (not_before - before) / 2;
    if (TRY(get_commit(snapshot, middle)).time < time) {
      before = middle;
    } else {
      not_before = middle;
    }
  }
  return before;
}

Result<> visit_backwards(const Snapshot& snapshot, std::uint64_t first, std::uint64_t last, const RowVisitor& visit) {
  const TenantId tenant = snapshot.horizon->tenant;
  const kv::Range range{number_key(tenant, first), number_key(tenant, last + 1)};
  const auto cursor = snapshot.view->scan(space::kCommits, range, kv::Direction::backward);
  for (; cursor->valid(); cursor->next()) {
    TupleReader reader(cursor->key());
    reader.u32();
    const std::uint64_t commit = reader.u64();
    const CommitRecord record = TRY(CommitRecord::parse(cursor->value()));
    if (record.count > 0 && !TRY(visit_commit_backwards(snapshot, commit, record, visit))) return {};
  }
  return cursor->status();
}

}  // namespace meridian::store
