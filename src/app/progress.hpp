// A progress line on standard error for long work: what is done, how fast, how long still.
//
// Shown only where a person watches (standard error is a terminal) and only once the work has taken a second.
// Not thread-safe: the thread that drives the work calls advance().
#pragma once

#include <cstdint>
#include <string>

namespace meridian::app {

class Progress {
 public:
  enum class Show : std::uint8_t { when_watched, never };

  /// `total_bytes` 0: not known (standard input).
  Progress(std::string what, std::uint64_t total_bytes, Show show);
  ~Progress();  ///< clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is done by now, counted from the start. Cheap; draws at most ten times a second.
  void advance(std::uint64_t bytes_done, std::uint64_t items_done);

  /// The line as it would be drawn, for tests: `validating  42 %  1.2 GB of 2.9 GB  101 MB/s  13,021 items/s  17 s
  /// left`.
  static std::string line(const std::string& what, std::uint64_t bytes_done, std::uint64_t total_bytes,
                          std::uint64_t items_done, double seconds);

 private:
  std::string what_;
  std::uint64_t total_bytes_;
  bool shown_;
  bool drawn_ = false;
  double started_;
  double next_draw_;
};

/// "1.2 GB", "17 MB", "612 bytes": powers of a thousand.
std::string human_bytes(std::uint64_t bytes);
/// "13,021"
std::string human_count(std::uint64_t count);

}  // namespace meridian::app
