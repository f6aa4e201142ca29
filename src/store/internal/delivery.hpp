// Delivery: tells callers what came of their commits, on a thread of its own, so that what they do then delays nobody's
// commit and never runs on the caller's stack. `step()` is for whoever drives it by hand: simulations.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>

#include "store/store.hpp"

namespace meridian::store {

class Delivery {
 public:
  using Outcome = tl::expected<CommitOutcome, CommitFailure>;

  void add(CommitDone done, Outcome outcome);
  /// Calls one; false when there was none.
  bool step();
  /// Until stop() and nothing is left.
  void run();
  void stop();

 private:
  struct Parcel {
    CommitDone done;
    Outcome outcome;
  };
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Parcel> parcels_;
  bool stopping_ = false;
};

}  // namespace meridian::store
