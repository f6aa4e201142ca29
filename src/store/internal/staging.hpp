// Staging: large commits, written bit by bit where nobody looks, and whatever else takes too long for the sequencer.
//
// The sequencer holds the resources of a large commit, so that nobody else changes them; the Stager decides it; the
// sequencer reserves its rows (a Span); the Stager writes values, pointers and blocks in batches of about a megabyte
// and the rows' own chunk of the index; then the sequencer gives it its number, or makes its rows a hole when something
// failed. Small commits go on all the while. A commit whose resources are not known before it is decided comes here
// decided. The Stager also writes full heads of the index as chunks. add() by any thread; step() and run() by one.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <set>

#include "index/index.hpp"
#include "store/internal/writing.hpp"

namespace meridian::store {

/// From so many bytes or writes on a commit is a large one.
inline constexpr std::size_t kLargeBytes = std::size_t{1} << 20;
inline constexpr std::size_t kLargeWrites = 2'000;

struct StagedCommit {
  enum class Step : std::uint8_t { decide, write };  ///< what the Stager does, or has done
  Step step = Step::decide;
  std::unique_ptr<Prepared> prepared;
  Decision decision;
  index::Row first = 0;
  std::optional<CommitFailure> failure;  ///< why it cannot be committed
};

class Stager {
 public:
  using Staged = Callback<void(std::unique_ptr<StagedCommit>)>;

  /// `staged` takes back what has made its step, or has not: the sequencer.
  Stager(kv::Kv& kv, index::Index& index, const Snapshots& snapshots, const Decider& decider)
      : kv_(kv), index_(index), snapshots_(snapshots), decider_(decider) {}
  void hand_back_to(Staged staged) { staged_ = std::move(staged); }

  void add(std::unique_ptr<StagedCommit> commit);
  /// Writes a tenant's head, once, however often it is asked meanwhile.
  void flush(TenantId tenant);
  bool step();
  void run();
  void stop();

 private:
  void decide(StagedCommit& commit);
  Result<> write(const StagedCommit& commit);
  Result<> write_notes(const StagedCommit& commit);
  Result<> write_rows(TenantId tenant, const StagedCommit& commit);
  Result<> write_index(TenantId tenant, const StagedCommit& commit);

  kv::Kv& kv_;
  index::Index& index_;
  const Snapshots& snapshots_;
  const Decider& decider_;
  Staged staged_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<StagedCommit>> commits_;
  std::set<TenantId> flushes_;
  bool stopping_ = false;
};

}  // namespace meridian::store
