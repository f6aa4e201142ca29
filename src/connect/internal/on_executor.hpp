// on_executor(): a coroutine on a loop lets work be done elsewhere and goes on, on its loop, when it is.
//
//   const bool is_done = co_await on_executor(executor, loop, work);      // work: a callable on a line of its own
//
// Without an executor the work is done at once. False when the executor's queue is full; then it was not done.
#pragma once

#include <coroutine>

#include "http/executor.hpp"
#include "net/io.hpp"

namespace meridian::connect::internal {

template <typename Work>
class OnExecutor {
 public:
  OnExecutor(http::Executor* executor, net::Loop& loop, Work& work) : executor_(executor), loop_(loop), work_(work) {}

  bool await_ready() {
    if (executor_ != nullptr) return false;
    work_();
    return true;
  }
  bool await_suspend(std::coroutine_handle<> handle) {
    // What runs there resumes by the loop, on whose thread this is: so not before this has returned.
    is_done_ = executor_->submit([this, handle] {
      work_();
      loop_.post([handle] { handle.resume(); });
    });
    return is_done_;
  }
  bool await_resume() const { return is_done_; }

 private:
  http::Executor* executor_;
  net::Loop& loop_;
  Work& work_;
  bool is_done_ = true;
};

template <typename Work>
OnExecutor<Work> on_executor(http::Executor* executor, net::Loop& loop, Work& work) {
  return {executor, loop, work};
}

}  // namespace meridian::connect::internal
