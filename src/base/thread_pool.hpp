// ThreadPool: a fixed number of threads behind a queue that can be full.
//
//   if (!pool.try_submit([=](Result<> ready) { if (ready) answer(); else refuse(ready.error()); }, {deadline, stop}))
//     refuse_as_busy();
//
// A full queue is back-pressure to whoever submits, not memory. Work that was accepted is called exactly once: with
// success when it is to be done, with `timeout` when its deadline passed while it waited, with `cancelled` when its
// token was stopped or the pool is closing. So whoever waits for an answer always gets one. Work does not wait for
// sockets or for other work of the same pool. An exception that leaves it is a bug of its own: it is reported, and the
// thread goes on. The submitter's trace goes with the work. Any thread may call anything here, except that work must
// not destroy its pool or wait for `drain`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/callback.hpp"
#include "base/deadline.hpp"
#include "base/stop.hpp"

namespace meridian {

class ThreadPool {
 public:
  using Work = Callback<void(Result<>)>;

  struct Options {
    std::string name = "worker";  ///< shown for its threads by the system's tools; 15 characters count
    int threads = 1;
    std::size_t queue_limit = 1024;
  };
  struct Terms {
    Deadline deadline;
    StopToken stop;
  };

  explicit ThreadPool(const Options& options);
  /// Calls what still waits with `cancelled`, and waits for what runs.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  /// False, and the work untouched by any thread, when the queue is full or the pool is closing.
  [[nodiscard]] bool try_submit(Work work);
  [[nodiscard]] bool try_submit(Work work, Terms terms);

  /// Takes no more work and does what it has; says whether all was done by the deadline. What was not stays queued.
  bool drain(Deadline deadline);

  std::size_t queued() const;
  std::size_t running() const;
  int threads() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian
