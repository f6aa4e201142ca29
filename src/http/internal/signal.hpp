// Signal: one coroutine on a Loop waits, anyone anywhere wakes it.
//
// Wakes are counted as one until waited for, and never lost. Held by shared_ptr, so that a wake may come after the
// waiter has gone. wait() ends with `true` when woken, `false` when the deadline passed first.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>

#include "net/io.hpp"

namespace meridian::http::internal {

class Signal : public net::Expiring, public std::enable_shared_from_this<Signal> {
 public:
  explicit Signal(net::Loop& loop) : loop_(loop) {}

  net::Loop& loop() const { return loop_; }
  /// From any thread.
  void notify();

  /// On the loop's thread.
  auto wait(net::Deadline deadline) {
    struct Awaiter {
      Signal& signal;
      net::Deadline deadline;
      bool await_ready() const { return signal.take(); }
      void await_suspend(std::coroutine_handle<> handle) const { signal.sleep(handle, deadline); }
      bool await_resume() const { return signal.woken_; }
    };
    return Awaiter{*this, deadline};
  }

 private:
  bool take();
  void sleep(std::coroutine_handle<> handle, net::Deadline deadline);
  void wake(bool woken);
  void expired() override { wake(false); }

  net::Loop& loop_;
  std::atomic<bool> raised_ = false;  // somebody has notified and the loop has not yet taken it
  // Only on the loop's thread:
  std::coroutine_handle<> sleeper_;
  bool arrived_ = false;
  bool woken_ = false;
};

}  // namespace meridian::http::internal
