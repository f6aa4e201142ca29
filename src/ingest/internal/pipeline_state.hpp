// Pipeline::State: the messages at hand and where each of them is.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_set>

#include "base/metrics.hpp"
#include "ingest/internal/key_order.hpp"
#include "ingest/internal/recent.hpp"
#include "ingest/pipeline.hpp"
#include "store/commit.hpp"

namespace meridian::ingest {

struct Pipeline::State {
  State(PipelineOptions given, PipelineServices with);
  ~State();

  /// A message on its way. Touched by whoever works on it; in the tables under the mutex.
  struct Work {
    Message message;
    std::vector<std::uint64_t> keys;
    Stage at = Stage::parse;
    std::uint32_t epoch = 0;
    Writes writes;
    Issues issues;
    std::uint64_t commit = 0;
    std::uint32_t conflicts = 0;
    std::uint32_t failures = 0;  // of the store, in a row
    bool is_marker_to_be_looked_at = false;
    std::int64_t retry_at = 0;
    std::size_t bytes = 0;
  };
  /// What a stage says of a message.
  enum class Step : std::uint8_t { next, waits, finished, dead, try_again };
  struct Row {
    Stage stage;
    Step (State::*run)(Work&);
  };
  static const std::array<Row, 7> kTable;

  // The stages (pipeline_stages.cpp).
  Step parse(Work& work);
  Step route(Work& work);
  Step map(Work& work);
  Step resolve(Work& work);
  Step check(Work& work);
  Step commit(Work& work);
  Step forward(Work& work);
  void forwarded(std::uint64_t sequence, Forwarded said, Issues issues);
  void committed(std::uint64_t sequence, tl::expected<store::CommitOutcome, store::CommitFailure> answer);

  // Who is next (pipeline.cpp).
  void add_locked(std::unique_ptr<Work> work);
  void dispatch_locked();
  void run(std::uint64_t sequence);
  void begin_turn();
  void end_turn();
  void go_on(Work& work);
  void retry(Work& work);
  void finish(Work& work, MessageState end);
  void hold_locked(const Work& work);
  void written(std::uint64_t sequence, const std::vector<std::uint64_t>& held_keys);
  void wait_until_written(std::uint64_t sequence);
  bool is_stopped_locked(const Work& work) const;
  Result<> find_stops();
  Result<> release_held();
  Result<bool> fetch_some();
  Result<std::unique_ptr<Work>> fetch(std::uint64_t sequence) const;
  void keep();
  void update_gauges();
  bool is_idle_locked() const;

  const PipelineOptions options;
  PipelineServices services;
  const Clock& clock;

  struct StageCount {
    std::atomic<std::uint64_t> count = 0;
    std::atomic<std::uint64_t> faults = 0;
    std::atomic<std::uint64_t> nanoseconds = 0;
    std::atomic<bool> is_paused = false;
    Histogram* seconds = nullptr;
    Counter* faults_metric = nullptr;
    void add_fault() {
      ++faults;
      faults_metric->add();
    }
  };
  std::array<StageCount, kStages> stages;
  std::atomic<std::uint64_t> done = 0;
  std::atomic<std::uint64_t> dead = 0;
  std::atomic<std::uint64_t> held = 0;
  std::atomic<std::uint64_t> retries = 0;
  Histogram* lag_seconds;
  Gauge* waiting_gauge;
  Gauge* dead_gauge;
  Gauge* oldest_gauge;

  mutable std::mutex mutex;
  internal::Recent recent;
  std::condition_variable changed;
  internal::KeyOrder order;
  std::map<std::uint64_t, std::unique_ptr<Work>> works;
  std::deque<std::uint64_t> ready;
  std::deque<std::uint64_t> parked;    // at a paused stage
  std::deque<std::uint64_t> retrying;  // after a pause
  std::unordered_set<std::uint64_t> stopped_keys;
  std::map<std::uint64_t, std::vector<Callback<void(const Outcome&)>>> waiters;
  /// Ends that the inbox has not written yet: what it says of these messages is old.
  std::map<std::uint64_t, Outcome> unwritten;
  bool must_release = false;  // a message was held for what holds nothing any more
  std::size_t active = 0;     // turns: on the pool, and in the store
  std::uint64_t bytes = 0;
  std::uint64_t last_seen = 0;
  bool is_behind = true;  // the inbox has messages that were not fetched
  bool has_missed = false;
  bool is_closing = false;
  std::thread keeper;
};

}  // namespace meridian::ingest
