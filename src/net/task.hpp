// Task<T>: a coroutine that is started when it is awaited and gives one value back.
//
// For code that waits on sockets. A Task lives on one Loop's thread from its first step to its last; awaiting one
// that finishes without waiting costs no trip through the loop and no stack, at every optimisation level (which is
// why a finished child is noticed instead of resumed into). Exceptions go to whoever awaits.
//
// GCC 12 copies a braced aggregate (`Peer{name, port}`) that stands inside a co_await expression without its
// constructor: name such a value on a line of its own and move it in.
//
//   Task<int> length(Stream& stream) { ... co_return n; }
//   spawn(loop, conversation(std::move(stream)));
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "net/recycle.hpp"

namespace meridian::net {

class Loop;

template <typename T = void>
class [[nodiscard]] Task;

namespace detail {

struct TaskPromiseBase {
  std::coroutine_handle<> waiting;  // who awaits; set only while it really sleeps
  bool asleep = false;
  std::exception_ptr exception;

  struct Final {
    bool await_ready() noexcept { return false; }
    template <typename Promise>
    void await_suspend(std::coroutine_handle<Promise> self) noexcept {
      TaskPromiseBase& promise = self.promise();
      // The frame may be gone once the one who waits runs, so nothing is touched after.
      if (promise.asleep) promise.waiting.resume();
    }
    void await_resume() noexcept {}
  };

  static void* operator new(std::size_t size) { return take_block(size); }
  static void operator delete(void* frame, std::size_t size) noexcept { give_block(frame, size); }

  std::suspend_always initial_suspend() noexcept { return {}; }
  Final final_suspend() noexcept { return {}; }
  void unhandled_exception() noexcept { exception = std::current_exception(); }
};

template <typename T>
struct TaskPromise : TaskPromiseBase {
  std::optional<T> value;
  Task<T> get_return_object();
  template <typename U>
  void return_value(U&& given) {
    value.emplace(std::forward<U>(given));
  }
  T take() {
    if (exception) std::rethrow_exception(exception);
    return *std::move(value);
  }
};

template <>
struct TaskPromise<void> : TaskPromiseBase {
  Task<void> get_return_object();
  void return_void() noexcept {}
  void take() {
    if (exception) std::rethrow_exception(exception);
  }
};

}  // namespace detail

template <typename T>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::TaskPromise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  Task() = default;
  explicit Task(Handle handle) : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (handle_) handle_.destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() {
    if (handle_) handle_.destroy();
  }

  bool await_ready() const noexcept { return false; }
  bool await_suspend(std::coroutine_handle<> waiting) {
    handle_.promise().waiting = waiting;
    handle_.resume();
    if (handle_.done()) return false;
    handle_.promise().asleep = true;
    return true;
  }
  T await_resume() { return handle_.promise().take(); }

 private:
  Handle handle_;
};

namespace detail {
template <typename T>
Task<T> TaskPromise<T>::get_return_object() {
  return Task<T>(std::coroutine_handle<TaskPromise<T>>::from_promise(*this));
}
inline Task<void> TaskPromise<void>::get_return_object() {
  return Task<void>(std::coroutine_handle<TaskPromise<void>>::from_promise(*this));
}
}  // namespace detail

/// Runs the task on the loop's thread; nobody waits for it. An exception that leaves it ends the program.
void spawn(Loop& loop, Task<void> task);
/// The same, when already on the loop's thread: runs at once up to its first wait.
void start(Task<void> task);

}  // namespace meridian::net
