#include "store/internal/staging.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "store/internal/indexing.hpp"

namespace meridian::store {

namespace {

constexpr std::size_t kBatchBytes = std::size_t{1} << 20;

}  // namespace

void Stager::add(std::unique_ptr<StagedCommit> commit) {
  {
    const std::lock_guard lock(mutex_);
    commits_.push_back(std::move(commit));
  }
  changed_.notify_one();
}

void Stager::flush(TenantId tenant) {
  {
    const std::lock_guard lock(mutex_);
    flushes_.insert(tenant);
  }
  changed_.notify_one();
}

bool Stager::step() {
  std::unique_lock lock(mutex_);
  if (!flushes_.empty()) {
    const TenantId tenant = *flushes_.begin();
    lock.unlock();
    // All rows below the present end have been appended.
    const Result<> flushed = index_.flush(tenant.value(), snapshots_.present(tenant)->visible.end);
    if (!flushed) log_warning("the index could not be written", {{"code", name(flushed.error().code())}});
    lock.lock();
    flushes_.erase(tenant);
    return true;
  }
  if (commits_.empty()) return false;
  std::unique_ptr<StagedCommit> commit = std::move(commits_.front());
  commits_.pop_front();
  lock.unlock();
  if (commit->step == StagedCommit::Step::decide) {
    decide(*commit);
  } else if (Result<> written = write(*commit); !written) {
    commit->failure = CommitFailure(std::move(written).error());
  }
  staged_(std::move(commit));
  return true;
}

/// On top of all that was ordered before it: that is visible by now, and what came later leaves its resources alone.
void Stager::decide(StagedCommit& commit) {
  Prepared& prepared = *commit.prepared;
  Result<Snapshot> snapshot = snapshots_.take(prepared.context.tenant, {});
  if (!snapshot) {
    commit.failure = CommitFailure(std::move(snapshot).error());
    return;
  }
  auto decision = decider_.decide(prepared, Currents(*std::move(snapshot)));
  if (decision) {
    commit.decision = *std::move(decision);
    if (!commit.decision.rows.empty()) return;
    // Nothing comes after this but the answer.
    if (Result<> written = write_notes(commit); !written) commit.failure = CommitFailure(std::move(written).error());
  } else {
    commit.failure = std::move(decision).error();
  }
}

Result<> Stager::write(const StagedCommit& commit) {
  const TenantId tenant = commit.prepared->context.tenant;
  TRY(write_notes(commit));
  TRY(write_rows(tenant, commit));
  return write_index(tenant, commit);
}

/// Beside versions that stay: true even if the commit fails.
Result<> Stager::write_notes(const StagedCommit& commit) {
  kv::Batch batch;
  for (const PlannedNote& note : commit.decision.notes) {
    put_note(batch, note);
    if (batch.bytes() < kBatchBytes) continue;
    TRY(kv_.commit(batch, kv::Durability::written));
    batch.clear();
  }
  return batch.empty() ? Result<>() : kv_.commit(batch, kv::Durability::synced);
}

Result<> Stager::write_rows(TenantId tenant, const StagedCommit& commit) {
  const std::vector<PlannedRow>& rows = commit.decision.rows;
  const WriteContext& context = commit.prepared->context;
  kv::Batch batch;
  for (std::size_t begin = 0; begin < rows.size();) {
    TRY(keep_going(context.deadline, context.stop));
    std::size_t end = begin;
    std::size_t bytes = 0;
    while (end < rows.size() && (end == begin || bytes + std::min(bytes_of(rows[end]), kPieceBytes) <= kBatchBytes)) {
      bytes += std::min(bytes_of(rows[end++]), kPieceBytes);
    }
    batch.clear();
    put_rows(batch, tenant, std::span(rows).subspan(begin, end - begin), commit.first + begin, 0, {});
    TRY(kv_.commit(batch, kv::Durability::written));
    for (; begin < end; ++begin) {
      if (rows[begin].entry.change == Change::deleted) continue;
      for (std::size_t n = 1; n < piece_count(rows[begin].write->value); ++n) {
        batch.clear();
        put_piece(batch, tenant, rows[begin], commit.first + begin, n);
        TRY(kv_.commit(batch, kv::Durability::written));
      }
    }
  }
  return {};
}

Result<> Stager::write_index(TenantId tenant, const StagedCommit& commit) {
  const std::vector<PlannedRow>& rows = commit.decision.rows;
  for (std::size_t begin = 0; begin < rows.size(); begin += kChunkRows) {
    index::ChunkBuilder chunk(tenant.value(), commit.first + begin);
    const std::size_t end = std::min(begin + kChunkRows, rows.size());
    for (std::size_t i = begin; i < end; ++i) add_to(chunk, rows[i], commit.first + i);
    TRY(index_.add_chunk(std::move(chunk)));
  }
  return {};
}

void Stager::run() {
  while (true) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !commits_.empty() || !flushes_.empty(); });
      if (commits_.empty() && flushes_.empty()) return;
    }
    step();
  }
}

void Stager::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
}

}  // namespace meridian::store
