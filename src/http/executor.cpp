#include "http/executor.hpp"

#include "base/thread_pool.hpp"

namespace meridian::http {
namespace {

class Pool final : public Executor {
 public:
  Pool(int threads, std::size_t max_queued) : pool_({.name = "http", .threads = threads, .queue_limit = max_queued}) {}

  bool submit(Callback<void()> work) override {
    // Also what the closing pool hands back is done: somebody waits for each piece, and it is short by then.
    return pool_.try_submit([work = std::move(work)](const Result<>& /*ready*/) { work(); });
  }

 private:
  ThreadPool pool_;
};

}  // namespace

std::unique_ptr<Executor> make_pool(int threads, std::size_t max_queued) {
  return std::make_unique<Pool>(threads, max_queued);
}

}  // namespace meridian::http
