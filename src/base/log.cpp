#include "base/log.hpp"

#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>

#include "base/clock.hpp"
#include "base/internal/log_line.hpp"
#include "base/trace.hpp"

namespace meridian {
namespace {

constexpr std::size_t kMostWaiting = std::size_t{4} << 20;  // bytes

class StandardError final : public LogSink {
 public:
  void write(std::string_view lines) override {
    while (!lines.empty()) {
      const ssize_t written = ::write(STDERR_FILENO, lines.data(), lines.size());
      if (written < 0 && errno != EINTR && errno != EAGAIN) return;  // nobody reads it any more
      if (written > 0) lines.remove_prefix(static_cast<std::size_t>(written));
    }
  }
};

/// Lines on their way to the sink. It is never destroyed, so that destructors of statics may log too.
class Logger {
 public:
  static Logger& instance() {
    static Logger* const logger = new Logger;
    return *logger;
  }

  bool enabled(LogLevel level) const { return level >= level_.load(std::memory_order_relaxed); }
  LogFormat format() const { return format_.load(std::memory_order_relaxed); }
  const Clock& clock() const { return *clock_.load(std::memory_order_acquire); }
  std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }

  void submit(std::string_view line) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() + line.size() > kMostWaiting) {
      ++lost_;
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    waiting_ += line;
    ++submitted_;
    if (!running_) {
      running_ = true;
      std::thread([this] { run(); }).detach();
    }
    arrived_.notify_one();
  }

  bool flush(Duration at_most) {
    std::unique_lock lock(mutex_);
    const std::uint64_t until = submitted_;
    return written_now_.wait_for(lock, std::chrono::microseconds(at_most.microseconds()),
                                 [&] { return written_ >= until; });
  }

  void configure(const LogOptions& options) {
    flush(Duration::seconds(1));
    const std::lock_guard writing(sink_mutex_);
    sink_ = options.sink != nullptr ? options.sink : &standard_error_;
    clock_.store(options.clock != nullptr ? options.clock : &system_clock(), std::memory_order_release);
    format_.store(options.format, std::memory_order_relaxed);
    level_.store(options.level, std::memory_order_relaxed);
  }

 private:
  Logger() {
    std::atexit([] { flush_log(); });
  }

  void run() {
    std::string lines;
    std::unique_lock lock(mutex_);
    for (;;) {
      arrived_.wait(lock, [this] { return !waiting_.empty() || lost_ > 0; });
      lines.clear();
      lines.swap(waiting_);
      const std::uint64_t lost = lost_;
      const std::uint64_t upto = submitted_;
      lost_ = 0;
      lock.unlock();
      if (lost > 0) tell_of_loss(lines, lost);
      {
        const std::lock_guard writing(sink_mutex_);
        sink_->write(lines);
      }
      lock.lock();
      written_ = upto;
      written_now_.notify_all();
    }
  }

  void tell_of_loss(std::string& lines, std::uint64_t lost) {
    const internal::LogEvent event{clock().now(), LogLevel::warning, "log lines dropped", {}, 0};
    const LogFields fields = {{"count", lost}};
    format() == LogFormat::json ? append_json(lines, event, fields) : append_human(lines, event, fields);
  }

  std::atomic<LogLevel> level_ = LogLevel::info;
  std::atomic<LogFormat> format_ = LogFormat::human;
  std::atomic<const Clock*> clock_ = &system_clock();
  std::atomic<std::uint64_t> dropped_ = 0;

  std::mutex mutex_;  // of what follows
  std::condition_variable arrived_;
  std::condition_variable written_now_;
  std::string waiting_;
  std::uint64_t lost_ = 0;
  std::uint64_t submitted_ = 0;
  std::uint64_t written_ = 0;
  bool running_ = false;

  std::mutex sink_mutex_;  // of the sink, held while it writes
  StandardError standard_error_;
  LogSink* sink_ = &standard_error_;
};

}  // namespace

bool LogLimit::pass(Duration now, std::uint64_t& held_back) {
  const std::int64_t second = now.microseconds() / 1'000'000;
  std::int64_t known = second_.load(std::memory_order_relaxed);
  if (known != second && second_.compare_exchange_strong(known, second, std::memory_order_relaxed)) {
    passed_.store(0, std::memory_order_relaxed);
  }
  if (passed_.fetch_add(1, std::memory_order_relaxed) >= per_second_) {
    held_back_.fetch_add(1, std::memory_order_relaxed);
    return false;
  }
  held_back = held_back_.exchange(0, std::memory_order_relaxed);
  return true;
}

void log(LogLevel level, std::string_view event, LogFields fields, LogLimit* limit) {
  Logger& logger = Logger::instance();
  if (!logger.enabled(level)) return;
  const Clock& clock = logger.clock();
  internal::LogEvent line{clock.now(), level, event, {}, 0};
  if (limit != nullptr && !limit->pass(clock.steady(), line.held_back)) return;
  const std::string trace = current_trace().trace_id();
  line.trace_id = trace;
  std::string text;
  text.reserve(256);
  logger.format() == LogFormat::json ? append_json(text, line, fields) : append_human(text, line, fields);
  logger.submit(text);
}

bool log_enabled(LogLevel level) {
  return Logger::instance().enabled(level);
}
void configure_log(const LogOptions& options) {
  Logger::instance().configure(options);
}
bool flush_log(Duration at_most) {
  return Logger::instance().flush(at_most);
}
std::uint64_t dropped_log_lines() {
  return Logger::instance().dropped();
}

}  // namespace meridian
