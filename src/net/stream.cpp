#include "net/stream.hpp"

namespace meridian::net {
namespace {
constexpr int kInARow = 32;
}

void Stream::set_deadline(Deadline deadline) {
  set_expiry(deadline);
  if (stopped_ == IoStatus::timed_out) stopped_ = IoStatus::ok;
  if (deadline.is_set()) watch(loop_);
}

void Stream::expired() {
  if (stopped_ == IoStatus::ok) stopped_ = IoStatus::timed_out;
  cancel_waits();
}

void Stream::cancel() {
  stopped_ = IoStatus::cancelled;
  cancel_waits();
}

Task<IoStatus> Stream::write_all(std::string_view first, std::string_view second) {
  while (!first.empty() || !second.empty()) {
    const IoResult written = co_await write_some(first, second);
    if (!written) co_return written.status;
    const std::size_t of_first = written.bytes < first.size() ? written.bytes : first.size();
    first.remove_prefix(of_first);
    second.remove_prefix(written.bytes - of_first);
  }
  co_return IoStatus::ok;
}

Stream::Attempt Stream::ReadableAwaiter::attempt() {
  if (waited_ || stream_.has_buffered()) return {{0, IoStatus::ok}};
  waited_ = true;
  return {{0, IoStatus::would_block}, Readiness::readable};
}

bool AwaitedOperation::await_ready() {
  if (stream_.stopped_ != IoStatus::ok) {
    result_ = {0, stream_.stopped_};
    return true;
  }
  if (++stream_.in_a_row_ > kInARow) {
    yielding_ = true;
    return false;
  }
  const Stream::Attempt tried = attempt();
  result_ = tried.result;
  wants_ = tried.wants;
  return result_.status != IoStatus::would_block;
}

void AwaitedOperation::await_suspend(std::coroutine_handle<> handle) {
  handle_ = handle;
  stream_.in_a_row_ = 0;
  if (yielding_) {
    stream_.loop().post([this] { ready(IoStatus::ok); });
  } else {
    stream_.wait(wants_, *this);
  }
}

void AwaitedOperation::ready(IoStatus status) {
  if (status != IoStatus::ok || stream_.stopped_ != IoStatus::ok) {
    const IoStatus why = stream_.stopped_ != IoStatus::ok ? stream_.stopped_ : status;
    return go_on({0, why});
  }
  const Stream::Attempt tried = attempt();
  if (tried.result.status == IoStatus::would_block) return stream_.wait(tried.wants, *this);
  go_on(tried.result);
}

void AwaitedOperation::go_on(IoResult result) {
  result_ = result;
  handle_.resume();
}

}  // namespace meridian::net
