// Catches the log while it lives, for tests that say what is logged and, above all, what is not.
#pragma once

#include <mutex>
#include <string>

#include "base/log.hpp"

namespace meridian::testing {

class LogCapture final : public LogSink {
 public:
  explicit LogCapture(LogLevel level = LogLevel::debug, LogFormat format = LogFormat::json,
                      const Clock* clock = nullptr) {
    configure_log({level, format, this, clock});
  }
  ~LogCapture() override { configure_log({}); }
  LogCapture(const LogCapture&) = delete;
  LogCapture& operator=(const LogCapture&) = delete;

  /// All lines so far.
  std::string text() {
    flush_log();
    const std::lock_guard lock(mutex_);
    return text_;
  }

  void write(std::string_view lines) override {
    const std::lock_guard lock(mutex_);
    text_ += lines;
  }

 private:
  std::mutex mutex_;
  std::string text_;
};

}  // namespace meridian::testing
