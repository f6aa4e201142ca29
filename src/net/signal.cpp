#include "net/signal.hpp"

#include <utility>

namespace meridian::net {

void Signal::notify() {
  if (raised_.exchange(true)) return;  // one is on its way already
  loop_.post([self = shared_from_this()] {
    self->raised_.store(false);
    if (self->sleeper_ != nullptr) {
      self->sleeper_->wake(true);
    } else {
      self->arrived_ = true;
    }
  });
}

bool Signal::Wait::await_ready() {
  woken_ = std::exchange(signal_.arrived_, false);
  return woken_;
}

void Signal::Wait::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  signal_.sleeper_ = this;
  if (deadline().is_set()) watch(signal_.loop_);
}

void Signal::Wait::wake(bool woken) {
  woken_ = woken;
  signal_.sleeper_ = nullptr;
  handle_.resume();  // this is gone after
}

}  // namespace meridian::net
