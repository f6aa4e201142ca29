// Sequencer: puts prepared commits in order and makes many of them safe with one sync.
//
// A step takes what waits, decides each commit on top of those before it, writes all of them as one batch of the Kv,
// publishes the new present and hands the outcomes to the Delivery. A commit that was refused may have been refused
// because of another of its group, so it is answered no earlier than that one. After an io_failure it is not known what
// was written: everything later is refused until the store is opened again.
//
// submit() by any thread; step() and run() by one. Waiting work is bounded by bytes: busy beyond.
#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>

#include "store/internal/delivery.hpp"
#include "store/internal/writing.hpp"

namespace meridian {
class Clock;
}

namespace meridian::store {

class Wakers;

struct SequencerParts {
  kv::Kv& kv;
  Snapshots& snapshots;
  const ValueCodec& codec;
  const Clock& clock;
  Delivery& delivery;
  Wakers& wakers;
};

class Sequencer {
 public:
  Sequencer(SequencerParts parts, std::size_t max_waiting_bytes)
      : parts_(parts), max_waiting_bytes_(max_waiting_bytes) {}

  /// Calls the commit's `done` in any case, through the Delivery.
  void submit(std::unique_ptr<Prepared> prepared);
  /// One group; false when nothing waited.
  bool step();
  void run();
  /// Does what waits, then ends run().
  void stop();

 private:
  struct Member;  // a commit of the group at hand
  struct Group;

  std::deque<std::unique_ptr<Prepared>> take();
  void give_back(std::deque<std::unique_ptr<Prepared>> rest);
  bool add(Group& group, std::unique_ptr<Prepared>& prepared);
  Result<> write(Group& group);
  void finish(Group& group, const Result<>& written);

  SequencerParts parts_;
  const std::size_t max_waiting_bytes_;
  std::optional<Error> broken_;  // why nothing more is written; of the stepping thread

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::unique_ptr<Prepared>> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool stopping_ = false;
};

}  // namespace meridian::store
