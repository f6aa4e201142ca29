#include "http/executor.hpp"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace meridian::http {
namespace {

class Pool final : public Executor {
 public:
  Pool(int threads, std::size_t max_queued) : max_queued_(max_queued) {
    for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { work(); });
  }

  ~Pool() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  bool submit(net::Callback<void()> work) override {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || queue_.size() >= max_queued_) return false;
      queue_.push_back(std::move(work));
    }
    changed_.notify_one();
    return true;
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      net::Callback<void()> next = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      next();
      next.reset();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<net::Callback<void()>> queue_;  // protected by mutex_
  bool stopping_ = false;                    // protected by mutex_
  const std::size_t max_queued_;
  std::vector<std::thread> threads_;
};

}  // namespace

std::unique_ptr<Executor> make_pool(int threads, std::size_t max_queued) {
  return std::make_unique<Pool>(threads, max_queued);
}

}  // namespace meridian::http
