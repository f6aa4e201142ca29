// The log: one line for one event, with named values, for people at a terminal or as JSON for machines.
//
//   log_info("package loaded", {{"name", package.name}, {"files", count}, {"ms", took.milliseconds()}});
//
// NEVER log patient data: no names, dates of birth, identifiers, resource contents or ids, query values, URLs with
// queries, or text of messages that were received. Log schema names, counts, sizes, durations, codes of errors.
//
// The event is a constant phrase that can be searched for; what changes stands in the fields. Lines go to standard
// error through a thread of their own: a caller formats its line and goes on. When the reader is slower than the
// writers, 4 MB of lines wait at most; further ones are dropped, counted and told of. The line names the thread's
// trace (base/trace.hpp). Any thread may log at any time, also before `configure_log` and during exit.
#pragma once

#include <atomic>
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "base/instant.hpp"

namespace meridian {

class Clock;

enum class LogLevel : std::uint8_t { debug, info, warning, error, off };
enum class LogFormat : std::uint8_t { human, json };

/// A name and a value. Strings are looked at only during the call, and cut after 1,000 bytes.
class LogField {
 public:
  LogField(std::string_view key, std::string_view value) : key_(key), kind_(Kind::text), text_(value) {}
  LogField(std::string_view key, const char* value) : LogField(key, std::string_view(value)) {}
  LogField(std::string_view key, bool value) : key_(key), kind_(Kind::boolean), integer_(value ? 1 : 0) {}
  LogField(std::string_view key, double value) : key_(key), kind_(Kind::real), real_(value) {}
  template <std::integral T>
    requires(!std::same_as<T, bool>)
  LogField(std::string_view key, T value)
      : key_(key), kind_(Kind::integer), integer_(static_cast<std::int64_t>(value)) {}

  enum class Kind : std::uint8_t { text, integer, real, boolean };
  std::string_view key() const { return key_; }
  Kind kind() const { return kind_; }
  std::string_view text() const { return text_; }
  std::int64_t integer() const { return integer_; }
  double real() const { return real_; }

 private:
  std::string_view key_;
  Kind kind_;
  std::string_view text_;
  std::int64_t integer_ = 0;
  double real_ = 0;
};

using LogFields = std::initializer_list<LogField>;

/// Lets so many events a second pass and counts the rest, which the next line that passes tells of. Static, where the
/// event is: `static LogLimit limit(10);`
class LogLimit {
 public:
  explicit LogLimit(std::uint32_t per_second) : per_second_(per_second) {}
  /// Whether an event may pass now; then how many were held back before it.
  bool pass(Duration now, std::uint64_t& held_back);

 private:
  std::uint32_t per_second_;
  std::atomic<std::int64_t> second_ = INT64_MIN;
  std::atomic<std::uint32_t> passed_ = 0;
  std::atomic<std::uint64_t> held_back_ = 0;
};

void log(LogLevel level, std::string_view event, LogFields fields, LogLimit* limit = nullptr);
inline void log_debug(std::string_view event, LogFields fields = {}) {
  log(LogLevel::debug, event, fields);
}
inline void log_info(std::string_view event, LogFields fields = {}) {
  log(LogLevel::info, event, fields);
}
inline void log_warning(std::string_view event, LogFields fields = {}) {
  log(LogLevel::warning, event, fields);
}
inline void log_error(std::string_view event, LogFields fields = {}) {
  log(LogLevel::error, event, fields);
}

/// Whether a line of this level would be written; to spare the making of its fields.
bool log_enabled(LogLevel level);

/// Where lines go. `write` is called by one thread at a time with whole lines.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void write(std::string_view lines) = 0;
};

struct LogOptions {
  LogLevel level = LogLevel::info;
  LogFormat format = LogFormat::human;
  LogSink* sink = nullptr;       ///< standard error; another one lives until it is replaced
  const Clock* clock = nullptr;  ///< the machine's
};
/// May be called again; waits until the lines before it are written.
void configure_log(const LogOptions& options);
/// Waits until the lines so far are written, or the time is over; says whether they were.
bool flush_log(Duration at_most = Duration::seconds(1));
/// Lines that were dropped since the program began; `meridian_log_dropped_total` among the metrics.
std::uint64_t dropped_log_lines();

}  // namespace meridian
