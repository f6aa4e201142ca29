// on_executor(): a coroutine on a loop lets work be done elsewhere and goes on, on its loop, when it is.
//
//   co_await on_executor(executor, loop, work);      // work: a callable on a line of its own
//
// Without an executor, or when its queue is full, the work is done at once, on the loop.
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
    const bool is_taken = executor_->submit([this, handle] {
      work_();
      loop_.post([handle] { handle.resume(); });
    });
    if (!is_taken) work_();
    return is_taken;
  }
  void await_resume() const {}

 private:
  http::Executor* executor_;
  net::Loop& loop_;
  Work& work_;
};

template <typename Work>
OnExecutor<Work> on_executor(http::Executor* executor, net::Loop& loop, Work& work) {
  return {executor, loop, work};
}

}  // namespace meridian::connect::internal
