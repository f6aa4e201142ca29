// Metrics: numbers about the running program, for machines to scrape.
//
//   static Counter& refused = metrics().counter({"meridian_http_refused", "Requests refused because a queue was
//   full"}); refused.add();
//
// A metric is found once, by name and labels, and kept; adding to it is one atomic instruction, from any thread.
// Names are snake case and begin with `meridian_`; a unit is the last word of the name (`meridian_http_seconds`);
// counters are named without `_total`, which the text adds. Labels have few values, known beforehand: never ids, paths
// or anything of a patient. A metric has at most 200 sets of labels; further ones are counted under `other`.
// Specification: https://prometheus.io/docs/specs/om/open_metrics_spec/ (1.0, text)
#pragma once

#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/callback.hpp"

namespace meridian {

/// What only goes up.
class Counter {
 public:
  void add(std::uint64_t count = 1) { value_.fetch_add(count, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_ = 0;
};

/// What goes up and down.
class Gauge {
 public:
  void set(std::int64_t value) { value_.store(value, std::memory_order_relaxed); }
  void add(std::int64_t difference) { value_.fetch_add(difference, std::memory_order_relaxed); }
  std::int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> value_ = 0;
};

/// How many of the observed values were at most each bound, and their sum.
class Histogram {
 public:
  explicit Histogram(std::span<const double> bounds);
  ~Histogram();
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  void observe(double value);

  std::size_t bounds() const { return size_; }
  double bound(std::size_t index) const { return bounds_[index]; }
  /// Values in this bucket alone; the one after the last bound takes the rest.
  std::uint64_t count(std::size_t index) const { return counts_[index].load(std::memory_order_relaxed); }
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::size_t size_;
  std::unique_ptr<double[]> bounds_;
  std::unique_ptr<std::atomic<std::uint64_t>[]> counts_;
  std::atomic<double> sum_ = 0;
};

/// 0.5 ms to 30 s, for the durations of requests.
std::span<const double> request_seconds();

struct MetricInfo {
  std::string_view name;
  std::string_view help;
  std::string_view unit = {};
};
using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The metric with this name and these labels, made when there is none; it lives as long as this table. The same
  /// name with another type, help or names of labels is a bug of ours.
  Counter& counter(const MetricInfo& info, MetricLabels labels = {});
  Gauge& gauge(const MetricInfo& info, MetricLabels labels = {});
  Histogram& histogram(const MetricInfo& info, std::span<const double> bounds, MetricLabels labels = {});
  /// A gauge or counter that is asked for its value when somebody looks: queue lengths, memory. Asked by any
  /// thread, one at a time; it must not use this table.
  void read_gauge(const MetricInfo& info, Callback<double()> read, MetricLabels labels = {});
  void read_counter(const MetricInfo& info, Callback<double()> read, MetricLabels labels = {});

  /// All metrics as OpenMetrics text, ending in `# EOF`.
  std::string expose() const;
  static constexpr std::string_view kContentType = "application/openmetrics-text; version=1.0.0; charset=utf-8";

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The program's own table, with what base knows of the process: memory, bugs, lost log lines.
Metrics& metrics();

}  // namespace meridian
