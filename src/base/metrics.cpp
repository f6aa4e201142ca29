#include "base/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <deque>
#include <mutex>
#include <variant>
#include <vector>

#include "base/check.hpp"
#include "base/log.hpp"
#include "base/memory_budget.hpp"

namespace meridian {
namespace {

constexpr std::size_t kMostSeries = 200;

enum class Type : std::uint8_t { counter, gauge, histogram };

using Value =
    std::variant<std::unique_ptr<Counter>, std::unique_ptr<Gauge>, std::unique_ptr<Histogram>, Callback<double()>>;

struct Series {
  std::string labels;  // `method="GET",status="2xx"`, escaped
  Value value;
};

struct Family {
  std::string name;
  std::string help;
  std::string unit;
  Type type;
  std::vector<std::string> label_names;
  std::deque<Series> series;  // which never move
};

bool is_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::all_of(name.begin(), name.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      if (c == '\\' || c == '"') out += '\\';
      out += c;
    }
  }
}

std::string joined(MetricLabels labels, bool as_other) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out += ',';
    out += name;
    out += "=\"";
    append_escaped(out, as_other ? "other" : value);
    out += '"';
  }
  return out;
}

/// Canonical numbers of the standard: whole ones of buckets end in `.0`.
void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    char digits[32];
    const auto [end, status] = std::to_chars(digits, digits + sizeof digits, value);
    out.append(digits, end);
  }
}

void append_bound(std::string& out, double bound) {
  const std::size_t start = out.size();
  append_number(out, bound);
  if (out.find_first_of(".eEI", start) == std::string::npos) out += ".0";
}

template <typename Number>
void append_sample(std::string& out, const Family& family, std::string_view suffix, const std::string& labels,
                   Number value) {
  out += family.name;
  out += suffix;
  if (!labels.empty()) out += "{" + labels + "}";
  out += ' ';
  if constexpr (std::is_same_v<Number, double>) {
    append_number(out, value);
  } else {
    out += std::to_string(value);
  }
  out += '\n';
}

void append_histogram(std::string& out, const Family& family, const Series& series, const Histogram& histogram) {
  // Buckets add up to the count even while others observe, since the count is made of what was read here.
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i <= histogram.bounds(); ++i) {
    sum += histogram.count(i);
    std::string labels = series.labels + (series.labels.empty() ? "" : ",") + "le=\"";
    append_bound(labels, i < histogram.bounds() ? histogram.bound(i) : INFINITY);
    labels += '"';
    append_sample(out, family, "_bucket", labels, sum);
  }
  append_sample(out, family, "_count", series.labels, sum);
  append_sample(out, family, "_sum", series.labels, histogram.sum());
}

void append_series(std::string& out, const Family& family, const Series& series) {
  const std::string_view suffix = family.type == Type::counter ? "_total" : "";
  if (const auto* counter = std::get_if<std::unique_ptr<Counter>>(&series.value)) {
    append_sample(out, family, suffix, series.labels, (*counter)->value());
  } else if (const auto* gauge = std::get_if<std::unique_ptr<Gauge>>(&series.value)) {
    append_sample(out, family, suffix, series.labels, (*gauge)->value());
  } else if (const auto* histogram = std::get_if<std::unique_ptr<Histogram>>(&series.value)) {
    append_histogram(out, family, series, **histogram);
  } else {
    append_sample(out, family, suffix, series.labels, std::get<Callback<double()>>(series.value)());
  }
}

}  // namespace

Histogram::Histogram(std::span<const double> bounds)
    : size_(bounds.size()),
      bounds_(std::make_unique<double[]>(bounds.size())),
      counts_(std::make_unique<std::atomic<std::uint64_t>[]>(bounds.size() + 1)) {
  CHECK(std::is_sorted(bounds.begin(), bounds.end()));
  std::copy(bounds.begin(), bounds.end(), bounds_.get());
}

Histogram::~Histogram() = default;

void Histogram::observe(double value) {
  const double* const first = bounds_.get();
  const auto index = static_cast<std::size_t>(std::lower_bound(first, first + size_, value) - first);
  counts_[index].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::span<const double> request_seconds() {
  static constexpr double kBounds[] = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                       0.25,   0.5,   1,      2.5,   5,    10,    30};
  return kBounds;
}

struct Metrics::State {
  mutable std::mutex mutex;
  std::deque<Family> families;

  Family& family(const MetricInfo& info, Type type, MetricLabels labels) {
    for (Family& known : families) {
      if (known.name != info.name) continue;
      CHECK(known.type == type && known.help == info.help && known.unit == info.unit);
      CHECK(std::equal(known.label_names.begin(), known.label_names.end(), labels.begin(), labels.end(),
                       [](const std::string& name, const auto& label) { return name == label.first; }));
      return known;
    }
    CHECK(is_name(info.name) && !info.name.ends_with("_total"));
    CHECK(info.unit.empty() || info.name.ends_with("_" + std::string(info.unit)));
    Family& made = families.emplace_back(
        Family{std::string(info.name), std::string(info.help), std::string(info.unit), type, {}, {}});
    for (const auto& [name, value] : labels) {
      CHECK(is_name(name) && name != "le");
      made.label_names.emplace_back(name);
    }
    return made;
  }

  Series& series(Family& in, MetricLabels labels) {
    for (const bool as_other : {false, true}) {
      const std::string wanted = joined(labels, as_other);
      for (Series& known : in.series) {
        if (known.labels == wanted) return known;
      }
      if (as_other || in.series.size() < kMostSeries) return in.series.emplace_back(Series{wanted, {}});
    }
    __builtin_unreachable();
  }

  template <typename Metric, typename... Arguments>
  Metric& find(const MetricInfo& info, Type type, MetricLabels labels, Arguments&&... arguments) {
    const std::lock_guard lock(mutex);
    Series& found = series(family(info, type, labels), labels);
    auto* held = std::get_if<std::unique_ptr<Metric>>(&found.value);
    if (held == nullptr || *held == nullptr) {
      held = &found.value.template emplace<std::unique_ptr<Metric>>(
          std::make_unique<Metric>(std::forward<Arguments>(arguments)...));
    }
    return **held;
  }

  void read(const MetricInfo& info, Type type, MetricLabels labels, Callback<double()> callback) {
    const std::lock_guard lock(mutex);
    series(family(info, type, labels), labels).value = std::move(callback);
  }
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Counter& Metrics::counter(const MetricInfo& info, MetricLabels labels) {
  return state_->find<Counter>(info, Type::counter, labels);
}
Gauge& Metrics::gauge(const MetricInfo& info, MetricLabels labels) {
  return state_->find<Gauge>(info, Type::gauge, labels);
}
Histogram& Metrics::histogram(const MetricInfo& info, std::span<const double> bounds, MetricLabels labels) {
  return state_->find<Histogram>(info, Type::histogram, labels, bounds);
}
void Metrics::read_gauge(const MetricInfo& info, Callback<double()> read, MetricLabels labels) {
  state_->read(info, Type::gauge, labels, std::move(read));
}
void Metrics::read_counter(const MetricInfo& info, Callback<double()> read, MetricLabels labels) {
  state_->read(info, Type::counter, labels, std::move(read));
}

std::string Metrics::expose() const {
  constexpr std::string_view kTypes[] = {"counter", "gauge", "histogram"};
  const std::lock_guard lock(state_->mutex);
  std::string out;
  for (const Family& family : state_->families) {
    out += "# TYPE " + family.name + " ";
    out += kTypes[static_cast<std::size_t>(family.type)];
    if (!family.unit.empty()) out += "\n# UNIT " + family.name + " " + family.unit;
    out += "\n# HELP " + family.name + " ";
    append_escaped(out, family.help);
    out += '\n';
    for (const Series& series : family.series) append_series(out, family, series);
  }
  out += "# EOF\n";
  return out;
}

Metrics& metrics() {
  // Never destroyed, since what is kept in statics may count until the very end.
  static Metrics* const table = [] {
    auto* made = new Metrics;
    made->read_gauge({"meridian_resident_memory_bytes", "Memory that the system counts for this process", "bytes"},
                     [] { return static_cast<double>(resident_bytes()); });
    made->read_counter({"meridian_bugs", "Broken invariants that the program survived; please report them"},
                       [] { return static_cast<double>(reported_bugs()); });
    made->read_counter({"meridian_log_dropped", "Log lines dropped because their reader was too slow"},
                       [] { return static_cast<double>(dropped_log_lines()); });
    return made;
  }();
  return *table;
}

}  // namespace meridian
