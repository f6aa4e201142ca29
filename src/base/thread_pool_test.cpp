#include "base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "base/check.hpp"
#include "base/testing/log_capture.hpp"
#include "base/trace.hpp"

namespace meridian {
namespace {

/// Holds whoever comes until it is opened.
class Gate {
 public:
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    arrived_.notify_all();
    open_.wait(lock, [this] { return is_open_; });
  }
  void wait_for(int count) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [&] { return waiting_ >= count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    is_open_ = true;
    open_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::condition_variable open_;
  int waiting_ = 0;
  bool is_open_ = false;
};

ThreadPool::Options of(int threads, std::size_t queue_limit) {
  return {"test", threads, queue_limit};
}

TEST(ThreadPool, does_each_work_once) {
  ThreadPool pool(of(4, 100'000));
  std::atomic<int> done = 0;
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(pool.try_submit([&done](Result<> ready) { done += ready ? 1 : 0; }));
  }
  EXPECT_TRUE(pool.drain(Deadline()));
  EXPECT_EQ(done, 10'000);
}

TEST(ThreadPool, takes_work_from_many_threads_at_once) {
  ThreadPool pool(of(2, 100'000));
  std::atomic<int> done = 0;
  std::vector<std::thread> submitters;
  for (int t = 0; t < 4; ++t) {
    submitters.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) EXPECT_TRUE(pool.try_submit([&done](Result<>) { ++done; }));
    });
  }
  for (std::thread& thread : submitters) thread.join();
  EXPECT_TRUE(pool.drain(Deadline()));
  EXPECT_EQ(done, 4000);
}

TEST(ThreadPool, says_no_when_its_queue_is_full) {
  Gate gate;
  ThreadPool pool(of(1, 2));
  ASSERT_TRUE(pool.try_submit([&](Result<>) { gate.pass(); }));
  gate.wait_for(1);
  EXPECT_TRUE(pool.try_submit([](Result<>) {}));
  EXPECT_TRUE(pool.try_submit([](Result<>) {}));
  EXPECT_FALSE(pool.try_submit([](Result<>) { ADD_FAILURE() << "it was refused"; }));
  EXPECT_EQ(pool.queued(), 2u);
  EXPECT_EQ(pool.running(), 1u);
  gate.open();
}

TEST(ThreadPool, tells_work_that_it_waited_too_long_or_was_called_off) {
  Gate gate;
  ThreadPool pool(of(1, 10));
  ASSERT_TRUE(pool.try_submit([&](Result<>) { gate.pass(); }));
  gate.wait_for(1);
  StopSource stop;
  std::vector<std::string> told;
  const auto note = [&told](Result<> ready) { told.emplace_back(ready ? "run" : name(ready.error().code())); };
  ASSERT_TRUE(pool.try_submit(note, {Deadline::after(Duration()), {}}));
  ASSERT_TRUE(pool.try_submit(note, {{}, stop.token()}));
  ASSERT_TRUE(pool.try_submit(note, {Deadline::after(Duration::hours(1)), {}}));
  stop.request_stop();
  gate.open();
  EXPECT_TRUE(pool.drain(Deadline()));
  EXPECT_EQ(told, (std::vector<std::string>{"timeout", "cancelled", "run"}));
}

TEST(ThreadPool, calls_all_that_waits_when_it_closes) {
  Gate gate;
  std::atomic<int> called = 0;
  std::thread opener([&gate] {
    gate.wait_for(1);
    gate.open();
  });
  {
    ThreadPool pool(of(1, 10));
    ASSERT_TRUE(pool.try_submit([&](Result<>) { gate.pass(); }));
    for (int i = 0; i < 5; ++i) {
      ASSERT_TRUE(pool.try_submit([&](Result<> ready) {
        EXPECT_TRUE(ready.has_value() || ready.error().code() == ErrorCode::cancelled);
        ++called;
      }));
    }
  }
  opener.join();
  EXPECT_EQ(called, 5);
}

TEST(ThreadPool, cancels_what_waits_when_it_closes) {
  std::vector<std::string> told;
  {
    ThreadPool pool(of(1, 10'000'000));
    // The first one waits until the pool refuses work, which is when it closes.
    ASSERT_TRUE(pool.try_submit([&pool](Result<>) {
      while (pool.try_submit([](Result<>) {})) std::this_thread::yield();
    }));
    ASSERT_TRUE(pool.try_submit([&told](Result<> ready) { told.emplace_back(name(ready.error().code())); }));
  }
  EXPECT_EQ(told, std::vector<std::string>{"cancelled"});
}

TEST(ThreadPool, takes_no_work_once_it_drains_and_gives_up_at_the_deadline) {
  Gate gate;
  ThreadPool pool(of(1, 10));
  ASSERT_TRUE(pool.try_submit([&](Result<>) { gate.pass(); }));
  gate.wait_for(1);
  EXPECT_FALSE(pool.drain(Deadline::after(Duration::milliseconds(1))));
  EXPECT_FALSE(pool.try_submit([](Result<>) {}));
  gate.open();
  EXPECT_TRUE(pool.drain(Deadline()));
}

TEST(ThreadPool, goes_on_after_an_exception) {
  const BugTolerance tolerance;
  const testing::LogCapture quiet;
  const std::uint64_t before = reported_bugs();
  ThreadPool pool(of(1, 10));
  std::atomic<bool> done = false;
  ASSERT_TRUE(pool.try_submit([](Result<>) { throw std::runtime_error("oh"); }));
  ASSERT_TRUE(pool.try_submit([&](Result<>) { done = true; }));
  EXPECT_TRUE(pool.drain(Deadline()));
  EXPECT_TRUE(done);
  EXPECT_EQ(reported_bugs(), before + 1);
}

TEST(ThreadPool, carries_the_trace_of_the_submitter) {
  ThreadPool pool(of(1, 10));
  const TraceContext trace = TraceContext::parse("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").value();
  TraceContext seen;
  {
    const TraceScope scope(trace);
    ASSERT_TRUE(pool.try_submit([&seen](Result<>) { seen = current_trace(); }));
  }
  EXPECT_TRUE(pool.drain(Deadline()));
  EXPECT_EQ(seen, trace);
}

}  // namespace
}  // namespace meridian
