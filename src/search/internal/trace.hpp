// Trace: what a search did, step by step, for `_explain`.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace meridian::search::internal {

class Trace {
 public:
  explicit Trace(bool on) : on_(on) {}
  bool on() const { return on_; }

  void enter() { ++depth_; }
  void leave() { --depth_; }
  /// One line: indented, what, and how many rows were expected and found in how many microseconds.
  void step(std::string_view what, std::uint64_t expected, std::uint64_t found, std::int64_t nanoseconds);
  void note(std::string_view what);
  std::string take() { return std::move(text_); }

 private:
  bool on_;
  int depth_ = 0;
  std::string text_;
};

}  // namespace meridian::search::internal
