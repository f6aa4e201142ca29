// A progress line on standard error for long work: what is done, how fast, how long still.
//
// Shown only where a person watches (standard error is a terminal) and only once the work has taken a second. A thread
// of its own draws it, so that it also lives through a step that takes long.
// One thread drives the work and calls the rest; who writes to the terminal meanwhile holds a Pause.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace meridian::app {

class Output;

class Progress {
 public:
  enum class Show : std::uint8_t { when_watched, never };

  /// `total_bytes` 0: not known (standard input).
  Progress(std::string what, std::uint64_t total_bytes, Show show);
  ~Progress();  ///< clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// What is done of the present file by now, counted from its start, and how many items in all. Cheap.
  void advance(std::uint64_t bytes_of_file, std::uint64_t items);
  /// The present file is done.
  void end_file(std::uint64_t bytes_of_file);

  /// While it lives the line is away and the terminal free for others.
  class Pause {
   public:
    explicit Pause(Progress& progress);
    ~Pause();
    Pause(const Pause&) = delete;
    Pause& operator=(const Pause&) = delete;

   private:
    Progress& progress_;
  };

  /// Writes results of the work: the line is away meanwhile where it shares their terminal.
  void print(Output& output, std::string_view text);

  /// The line as it would be drawn: `validating  42 %  1.2 GB of 2.9 GB  101 MB/s  13,021 items/s  17 s left`.
  static std::string line(const std::string& what, std::uint64_t bytes_done, std::uint64_t total_bytes,
                          std::uint64_t items_done, double seconds);

 private:
  struct Drawing;
  std::unique_ptr<Drawing> drawing_;  // null when nobody watches
};

/// The bytes of all files together; 0 when one of them is no regular file, so that nobody knows.
std::uint64_t total_size(const std::vector<std::string>& files);

/// "1.2 GB", "17 MB", "612 bytes": powers of a thousand.
std::string human_bytes(std::uint64_t bytes);
/// "13,021"
std::string human_count(std::uint64_t count);

}  // namespace meridian::app
