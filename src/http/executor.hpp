// Executor: where handlers run. One method, so that the program's pool, or a test's, can stand behind it.
#pragma once

#include <memory>

#include "base/callback.hpp"

namespace meridian::http {

class Executor {
 public:
  virtual ~Executor() = default;
  /// Runs the work on some thread of its own, soon. False when its queue is full: the request is answered 503.
  virtual bool submit(Callback<void()> work) = 0;
};

/// A fixed number of threads and a bounded queue; the destructor finishes what was accepted.
std::unique_ptr<Executor> make_pool(int threads, std::size_t max_queued);

}  // namespace meridian::http
