// Signal: one coroutine on a Loop waits, anyone anywhere wakes it.
//
// Wakes are counted as one until waited for, and never lost. Held by shared_ptr, so that a wake may come after the
// waiter has gone, and the last holder may be any thread: what belongs to the loop lies in the waiting coroutine.
// wait() ends with `true` when woken, `false` when the deadline passed first.
#pragma once

#include <atomic>
#include <coroutine>
#include <memory>

#include "net/io.hpp"

namespace meridian::net {

class Signal : public std::enable_shared_from_this<Signal> {
 public:
  explicit Signal(Loop& loop) : loop_(loop) {}

  Loop& loop() const { return loop_; }
  /// From any thread.
  void notify();

  class Wait final : public Expiring {
   public:
    Wait(Signal& signal, Deadline deadline) : signal_(signal) { set_expiry(deadline); }
    bool await_ready();
    void await_suspend(std::coroutine_handle<> handle);
    bool await_resume() const { return woken_; }

   private:
    friend class Signal;
    void expired() override { wake(false); }
    void wake(bool woken);

    Signal& signal_;
    std::coroutine_handle<> handle_;
    bool woken_ = false;
  };
  /// On the loop's thread, one at a time.
  Wait wait(Deadline deadline) { return {*this, deadline}; }

 private:
  Loop& loop_;
  std::atomic<bool> raised_ = false;  // somebody has notified and the loop has not yet taken it
  // Only on the loop's thread:
  Wait* sleeper_ = nullptr;
  bool arrived_ = false;
};

}  // namespace meridian::net
