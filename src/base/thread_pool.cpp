#include "base/thread_pool.hpp"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "base/trace.hpp"

namespace meridian {
namespace {

struct Item {
  ThreadPool::Work work;
  ThreadPool::Terms terms;
  TraceContext trace;
};

void call(Item& item, Result<> ready) {
  const TraceScope scope(item.trace);
  try {
    item.work(std::move(ready));
    item.work.reset();  // what it holds goes within its trace too
  } catch (...) {
    REPORT_BUG("an exception left the work of a thread pool");
  }
}

}  // namespace

struct ThreadPool::State {
  explicit State(std::size_t most) : limit(most) {}

  void run();
  void work_off(std::unique_lock<std::mutex>& lock);

  const std::size_t limit;
  mutable std::mutex mutex;
  std::condition_variable arrived;
  std::condition_variable idle;
  std::deque<Item> queue;
  std::size_t busy = 0;
  std::size_t sleeping = 0;  // at least as many as sleep and were not called yet; who calls one takes it off
  bool accepting = true;
  bool closing = false;
  std::vector<std::thread> threads;
};

void ThreadPool::State::run() {
  std::unique_lock lock(mutex);
  for (;;) {
    while (queue.empty() && !closing) {
      ++sleeping;
      arrived.wait(lock);
    }
    if (queue.empty()) return;
    work_off(lock);
  }
}

/// The first of the queue, with the lock let go while it runs.
void ThreadPool::State::work_off(std::unique_lock<std::mutex>& lock) {
  Item item = std::move(queue.front());
  queue.pop_front();
  const bool too_late = closing;
  ++busy;
  lock.unlock();
  call(item, too_late ? fail(ErrorCode::cancelled, "the program is stopping")
                      : keep_going(item.terms.deadline, item.terms.stop));
  item = Item();
  lock.lock();
  --busy;
  if (busy == 0 && queue.empty()) idle.notify_all();
}

ThreadPool::ThreadPool(const Options& options) : state_(std::make_unique<State>(options.queue_limit)) {
  CHECK(options.threads > 0);
  for (int i = 0; i < options.threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->run(); });
    pthread_setname_np(state_->threads.back().native_handle(), options.name.substr(0, 15).c_str());
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->accepting = false;
    state_->closing = true;
  }
  state_->arrived.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

bool ThreadPool::try_submit(Work work) {
  return try_submit(std::move(work), Terms());
}

bool ThreadPool::try_submit(Work work, Terms terms) {
  {
    const std::lock_guard lock(state_->mutex);
    if (!state_->accepting || state_->queue.size() >= state_->limit) return false;
    state_->queue.push_back({std::move(work), std::move(terms), current_trace()});
    if (state_->sleeping == 0) return true;  // a busy thread looks again before it sleeps
    --state_->sleeping;
  }
  state_->arrived.notify_one();
  return true;
}

bool ThreadPool::drain(Deadline deadline) {
  std::unique_lock lock(state_->mutex);
  state_->accepting = false;
  const auto done = [this] { return state_->queue.empty() && state_->busy == 0; };
  if (!deadline.is_set()) {
    state_->idle.wait(lock, done);
    return true;
  }
  // libstdc++'s steady_clock counts as Deadline does.
  const std::chrono::steady_clock::time_point until{std::chrono::nanoseconds(deadline.nanoseconds())};
  return state_->idle.wait_until(lock, until, done);
}

std::size_t ThreadPool::queued() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

std::size_t ThreadPool::running() const {
  const std::lock_guard lock(state_->mutex);
  return state_->busy;
}

int ThreadPool::threads() const {
  return static_cast<int>(state_->threads.size());
}

}  // namespace meridian
