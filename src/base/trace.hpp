// TraceContext: which request a piece of work belongs to, in the form that travels between systems.
//
// It is made or read at the edge, carried on by whoever passes work to another thread, and put into every log line
// of a thread while a TraceScope is open. Values; the current one belongs to the thread.
// Specification: https://www.w3.org/TR/trace-context/#traceparent-header
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace meridian {

class Random;

class TraceContext {
 public:
  /// No trace.
  constexpr TraceContext() = default;
  /// A new trace, begun here.
  static TraceContext start(Random& random);
  /// A traceparent: `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`; later versions as the standard asks of
  /// version 00.
  static Result<TraceContext> parse(std::string_view text);

  /// The same trace with a span of its own, to hand on.
  TraceContext child(Random& random) const;
  std::string to_string() const;
  /// The same text, where an answer is being written.
  void append_to(std::string& out) const;
  /// 32 hexadecimal digits; empty without a trace.
  std::string trace_id() const;
  std::string span_id() const;

  constexpr bool is_set() const { return trace_[0] != 0 || trace_[1] != 0; }
  constexpr bool sampled() const { return (flags_ & 1) != 0; }
  bool operator==(const TraceContext&) const = default;

 private:
  std::array<std::uint64_t, 2> trace_{};
  std::uint64_t span_ = 0;
  std::uint8_t flags_ = 0;
};

/// The trace that this thread works for.
const TraceContext& current_trace();

/// Makes a trace the thread's own until the end of the block.
class TraceScope {
 public:
  explicit TraceScope(const TraceContext& trace);
  ~TraceScope();
  TraceScope(const TraceScope&) = delete;
  TraceScope& operator=(const TraceScope&) = delete;

 private:
  TraceContext before_;
};

}  // namespace meridian
