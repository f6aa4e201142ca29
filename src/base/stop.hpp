// StopSource and StopToken: how whoever started work says that nobody wants it any more.
//
// The source says stop, once and for good; tokens are copied into the work, which asks them. Any thread may use any of
// them. A default token never stops. (std::stop_token would do, but its header brings <chrono> with it.)
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>

#include "base/deadline.hpp"
#include "base/result.hpp"

namespace meridian {

namespace internal {
struct StopState {
  std::atomic<std::uint32_t> holders = 1;
  std::atomic<bool> stopped = false;
};
}  // namespace internal

class StopToken {
 public:
  constexpr StopToken() = default;
  StopToken(const StopToken& other) : state_(other.state_) {
    if (state_ != nullptr) state_->holders.fetch_add(1, std::memory_order_relaxed);
  }
  StopToken(StopToken&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  StopToken& operator=(StopToken other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~StopToken() {
    if (state_ != nullptr && state_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) delete state_;
  }

  bool stop_requested() const { return state_ != nullptr && state_->stopped.load(std::memory_order_acquire); }

 private:
  friend class StopSource;
  explicit StopToken(internal::StopState* state) : state_(state) {}
  internal::StopState* state_ = nullptr;
};

class StopSource {
 public:
  StopSource() : token_(new internal::StopState) {}
  StopToken token() const { return token_; }
  void request_stop() { token_.state_->stopped.store(true, std::memory_order_release); }
  bool stop_requested() const { return token_.stop_requested(); }

 private:
  StopToken token_;
};

/// For loops: `TRY(keep_going(deadline, stop));` ends them with `timeout` or `cancelled`.
Result<> keep_going(const Deadline& deadline, const StopToken& stop);

}  // namespace meridian
