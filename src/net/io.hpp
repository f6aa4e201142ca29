// Io and Loop: the few threads that wait on sockets, and nothing else.
//
// A Loop is one thread with its sockets; a connection lives on one Loop and needs no locks. Handlers of requests,
// parsing and disk belong on a pool, not here. Asio is behind this and the .cpp files beside it.
// Lifetime: everything that lives on a Loop ends before its Io. Io's destructor stops and joins the threads.
#pragma once

#include <coroutine>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/callback.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"

namespace meridian::net {

class Loop;

/// Something that is told when its deadline has passed, on its Loop's thread, within one tick.
class Expiring {
 public:
  Expiring() = default;
  Expiring(const Expiring&) = delete;
  Expiring& operator=(const Expiring&) = delete;
  virtual ~Expiring();

  Deadline deadline() const { return deadline_; }

 protected:
  void watch(Loop& loop);  ///< on the loop's thread
  void set_expiry(Deadline deadline) { deadline_ = deadline; }
  virtual void expired() = 0;

 private:
  friend class Loop;
  Deadline deadline_;
  Expiring* previous_ = nullptr;
  Expiring* next_ = nullptr;
  Loop* watching_ = nullptr;
};

class Loop {
 public:
  struct Engine;  // Asio's io_context and its thread

  Loop(std::int64_t tick_milliseconds);
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// Runs the work on this loop's thread, later. From any thread.
  void post(Callback<void()> work);
  bool is_current() const;

  /// `co_await loop.here();` goes on on this loop's thread.
  auto here() {
    struct Awaiter {
      Loop& loop;
      bool await_ready() const { return loop.is_current(); }
      void await_suspend(std::coroutine_handle<> handle) const {
        loop.post([handle] { handle.resume(); });
      }
      void await_resume() const {}
    };
    return Awaiter{*this};
  }

  /// `co_await loop.turn();` lets all that is ready on this loop go first. On its thread.
  auto turn() {
    struct Awaiter {
      Loop& loop;
      bool await_ready() const { return false; }
      void await_suspend(std::coroutine_handle<> handle) const { loop.resume_later(handle); }
      void await_resume() const {}
    };
    return Awaiter{*this};
  }

  Engine& engine() { return *engine_; }

 private:
  friend class Io;
  friend class Expiring;
  void resume_later(std::coroutine_handle<> handle);
  void tick();
  void run_ticks();

  std::unique_ptr<Engine> engine_;
  std::int64_t tick_milliseconds_;
  Expiring* first_ = nullptr;         // those with deadlines, in no order; only on this thread
  Expiring* next_to_look_ = nullptr;  // where a sweep goes on, moved when that one leaves
  bool ticking_ = false;
};

struct IoOptions {
  int threads = 1;
  std::int64_t tick_milliseconds = 100;  ///< how late a deadline may be noticed
};

class Io {
 public:
  explicit Io(IoOptions options = {});
  ~Io();
  Io(const Io&) = delete;
  Io& operator=(const Io&) = delete;

  /// Each in turn. From any thread.
  Loop& next();
  Loop& at(std::size_t index) { return *loops_[index]; }
  std::size_t size() const { return loops_.size(); }

 private:
  std::vector<std::unique_ptr<Loop>> loops_;
  std::size_t turn_ = 0;  // atomic access only
};

}  // namespace meridian::net
