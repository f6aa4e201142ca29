#include "http/internal/signal.hpp"

#include <utility>

namespace meridian::http::internal {

void Signal::notify() {
  if (raised_.exchange(true)) return;  // one is on its way already
  loop_.post([self = shared_from_this()] {
    self->raised_.store(false);
    self->arrived_ = true;
    if (self->sleeper_) {
      self->arrived_ = false;
      self->wake(true);
    }
  });
}

bool Signal::take() {
  woken_ = std::exchange(arrived_, false);
  return woken_;
}

void Signal::sleep(std::coroutine_handle<> handle, net::Deadline deadline) {
  sleeper_ = handle;
  set_expiry(deadline);
  if (deadline.is_set()) watch(loop_);
}

void Signal::wake(bool woken) {
  if (!sleeper_) return;
  set_expiry(net::Deadline{});
  woken_ = woken;
  std::exchange(sleeper_, {}).resume();
}

}  // namespace meridian::http::internal
