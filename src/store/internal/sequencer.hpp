// Sequencer: puts prepared commits in order and makes many of them safe with one sync.
//
// A step takes what waits, decides each commit on top of those before it, writes all of them as one batch of the Kv,
// appends their rows to the index, publishes the new present and hands the outcomes to the Delivery. A commit that was
// refused may have been refused because of another of its group, so it is answered no earlier than that one. The
// resources of large commits are held here and their rows reserved; the Stager decides and writes them, and then they
// are finished here: nothing that costs much for each of their writes is done by this thread. After an io_failure it is
// not known what was written: everything later is refused until the store is opened again.
//
// submit() and finish_staged() by any thread; step() and run() by one. Waiting work is bounded by bytes: busy beyond.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "store/internal/delivery.hpp"
#include "store/internal/staging.hpp"

namespace meridian {
class Clock;
}

namespace meridian::store {

class Wakers;

struct SequencerParts {
  kv::Kv& kv;
  index::Index& index;
  Snapshots& snapshots;
  const Decider& decider;
  const Clock& clock;
  Delivery& delivery;
  Wakers& wakers;
  Stager& stager;
};

/// What waits at most, and from when on a commit is large.
struct SequencerRules {
  std::size_t max_waiting_bytes = std::size_t{128} << 20;
  std::size_t large_bytes = kLargeBytes;
  std::size_t large_writes = kLargeWrites;
};

class Sequencer {
 public:
  Sequencer(const SequencerParts& parts, const SequencerRules& rules) : parts_(parts), rules_(rules) {}

  /// Calls the commit's `done` in any case, through the Delivery.
  void submit(std::unique_ptr<Prepared> prepared);
  /// What the Stager hands back.
  void finish_staged(std::unique_ptr<StagedCommit> staged);
  /// Work that must not run while commits are decided: purge and the like. Its turn comes like a commit's, alone.
  void submit_alone(Callback<void()> work);

  /// One group; false when nothing waited.
  bool step();
  void run();
  /// Does what waits, then ends run().
  void stop();

  /// Published as a tenant's present; by the stepping thread.
  void publish(TenantId tenant, TenantState state, std::shared_ptr<const SpanTable> spans);
  /// Whether a large commit that is under way writes a resource; of the stepping thread.
  bool is_held(TenantId tenant, const ResourceKey& key) const;

 private:
  struct Member;  // a commit of the group at hand
  struct Group;
  using Waiting = std::deque<std::unique_ptr<Prepared>>;

  void give_back(Waiting rest);
  bool has_work() const { return !waiting_.empty() || !staged_.empty() || !alone_.empty(); }
  bool add(Group& group, std::unique_ptr<Prepared>& prepared);
  void begin_large(Group& group, std::unique_ptr<Prepared> prepared, std::optional<Decision> decision);
  void reserve(Group& group, std::unique_ptr<StagedCommit> staged);
  void add_staged(Group& group, std::unique_ptr<StagedCommit> staged);
  void release(const Prepared& prepared);
  bool is_held(TenantId tenant, const std::string& key) const;
  bool is_held(const Prepared& prepared, const Decision* decision) const;
  Result<> write(Group& group);
  void finish(Group& group, const Result<>& written);
  void append_to_index(TenantId tenant, const Decision& decision, index::Row first);

  SequencerParts parts_;
  const SequencerRules rules_;
  // Of the stepping thread.
  std::optional<Error> broken_;         // why nothing more is written
  std::vector<const Prepared*> large_;  // commits under way, whose resources are held
  Waiting parked_;                      // commits that wait for those

  std::mutex mutex_;
  std::condition_variable changed_;
  Waiting waiting_;
  std::deque<std::unique_ptr<StagedCommit>> staged_;  // what the Stager has handed back
  std::deque<Callback<void()>> alone_;
  std::size_t waiting_bytes_ = 0;
  std::size_t under_way_ = 0;  // large commits that the Stager has
  bool stopping_ = false;
};

}  // namespace meridian::store
