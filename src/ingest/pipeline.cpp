#include "ingest/pipeline.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/clock.hpp"
#include "base/deadline.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "base/thread_pool.hpp"
#include "ingest/internal/pipeline_state.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kFetched = 256;        // messages looked for in the inbox at once
constexpr std::size_t kWorkOverhead = 1024;  // of a message at hand, beside its bytes
constexpr auto kKeeperPause = std::chrono::milliseconds(50);

std::vector<std::uint64_t> hashes_of(const std::vector<std::string>& keys) {
  std::vector<std::uint64_t> hashes;
  for (const std::string& key : keys) {
    const std::uint64_t hash = hash64(key);
    if (std::ranges::find(hashes, hash) == hashes.end()) hashes.push_back(hash);
  }
  return hashes;
}

const char* suggestion_for(Stage stage) {
  switch (stage) {
    case Stage::receive:
    case Stage::parse:
      return "ask the sender to correct its framing or header; or fix the message here and replay it";
    case Stage::map:
      return "fix the message, or correct the mapping and replay it";
    case Stage::resolve:
      return "settle who the patient is, then replay it";
    case Stage::check:
      return "correct the values, or the rule, then replay it";
    case Stage::forward:
      return "ask who receives it; correct the message and fix it, or replay it once it will be taken";
    default:
      return "remove the cause that the text names, then replay it";
  }
}

}  // namespace

Pipeline::State::State(PipelineOptions given, PipelineServices with)
    : options(std::move(given)),
      services(with),
      clock(with.clock != nullptr ? *with.clock : system_clock()),
      lag_seconds(&metrics().histogram({"meridian_feed_lag_seconds", "From a message's arrival to its end", "seconds"},
                                       request_seconds(), {{"feed", options.feed}})),
      waiting_gauge(
          &metrics().gauge({"meridian_feed_waiting", "Messages received and not finished"}, {{"feed", options.feed}})),
      dead_gauge(&metrics().gauge({"meridian_feed_dead_letters", "Messages that wait for somebody"},
                                  {{"feed", options.feed}})),
      oldest_gauge(&metrics().gauge(
          {"meridian_feed_oldest_seconds", "Age of the oldest message that is not finished", "seconds"},
          {{"feed", options.feed}})) {
  for (std::size_t i = 0; i < kStages; ++i) {
    const std::string_view stage = name(static_cast<Stage>(i));
    stages[i].seconds = &metrics().histogram({"meridian_feed_stage_seconds", "Time in a stage", "seconds"},
                                             request_seconds(), {{"feed", options.feed}, {"stage", stage}});
    stages[i].faults_metric = &metrics().counter({"meridian_feed_stage_faults", "Messages that a stage refused"},
                                                 {{"feed", options.feed}, {"stage", stage}});
  }
  stages[static_cast<std::size_t>(Stage::forward)].is_paused = options.is_forward_paused;
}

Pipeline::State::~State() {
  {
    std::unique_lock lock(mutex);
    is_closing = true;
    changed.notify_all();
    changed.wait(lock, [this] { return active == 0 && unwritten.empty(); });
  }
  if (keeper.joinable()) keeper.join();
}

Result<std::unique_ptr<Pipeline>> Pipeline::start(PipelineOptions options, PipelineServices services) {
  if (services.inbox == nullptr || services.store == nullptr || services.pool == nullptr ||
      services.reader == nullptr || services.mapper == nullptr || services.record == nullptr || options.feed.empty()) {
    return fail(ErrorCode::invalid_argument,
                "a pipeline needs a feed, an inbox, a store, a record, a pool, a reader and a mapper");
  }
  if (services.resolver == nullptr) services.resolver = &plain_resolver();
  if (services.gate == nullptr) services.gate = &plain_gate();
  auto state = std::make_unique<State>(std::move(options), services);
  TRY(state->find_stops());
  state->keeper = std::thread([at = state.get()] { at->keep(); });
  return std::unique_ptr<Pipeline>(new Pipeline(std::move(state)));
}

Pipeline::Pipeline(std::unique_ptr<State> state) : state_(std::move(state)) {}
Pipeline::~Pipeline() = default;

void Pipeline::offer(Message message) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (message.id.sequence <= state.last_seen || state.is_closing) return;
  const bool is_full = state.works.size() >= state.options.window_messages ||
                       state.bytes + message.content.size() > state.options.window_bytes;
  if (state.is_behind || (is_full && !state.works.empty())) {
    state.is_behind = state.has_missed = true;
    return;
  }
  state.last_seen = message.id.sequence;
  auto work = std::make_unique<State::Work>();
  work->message = std::move(message);
  state.add_locked(std::move(work));
  state.dispatch_locked();
}

bool Pipeline::State::is_stopped_locked(const Work& work) const {
  return !stopped_keys.empty() &&
         std::ranges::any_of(work.keys, [this](std::uint64_t key) { return stopped_keys.contains(key); });
}

void Pipeline::State::add_locked(std::unique_ptr<Work> work) {
  work->keys = hashes_of(work->message.header.order_keys);
  work->bytes = work->message.content.size() + kWorkOverhead;
  if (is_stopped_locked(*work)) return hold_locked(*work);
  const std::uint64_t sequence = work->message.id.sequence;
  bytes += work->bytes;
  if (order.add(sequence, work->keys)) ready.push_back(sequence);
  works.emplace(sequence, std::move(work));
}

void Pipeline::State::hold_locked(const Work& work) {
  Outcome outcome;
  outcome.state = MessageState::held;
  outcome.epoch = work.epoch;
  ++held;
  const std::uint64_t sequence = work.message.id.sequence;
  unwritten[sequence] = outcome;
  services.inbox->mark(work.message.id, std::move(outcome), false,
                       [this, sequence, keys = work.keys](const Result<>&) { written(sequence, keys); });
}

void Pipeline::State::written(std::uint64_t sequence, const std::vector<std::uint64_t>& held_keys) {
  const std::lock_guard lock(mutex);
  unwritten.erase(sequence);
  const auto is_stopped = [this](std::uint64_t key) { return stopped_keys.contains(key); };
  must_release = must_release || (!held_keys.empty() && std::ranges::none_of(held_keys, is_stopped));
  changed.notify_all();
}

void Pipeline::State::wait_until_written(std::uint64_t sequence) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return !unwritten.contains(sequence); });
}

void Pipeline::State::dispatch_locked() {
  while (!ready.empty() && active < options.active_messages && !is_closing) {
    const std::uint64_t sequence = ready.front();
    ++active;
    // Also work that the closing pool hands back is ended here: active says so.
    if (!services.pool->try_submit([this, sequence](const Result<>& /*may_run*/) { run(sequence); })) {
      --active;
      return;  // the keeper tries again
    }
    ready.pop_front();
  }
}

void Pipeline::State::run(std::uint64_t sequence) {
  std::unique_lock lock(mutex);
  Work& work = *works.at(sequence);
  lock.unlock();
  while (true) {
    const auto row = std::ranges::find(kTable, work.at, &Row::stage);
    StageCount& count = stages[static_cast<std::size_t>(work.at)];
    {
      lock.lock();
      if (count.is_paused || is_closing) {
        if (!is_closing) parked.push_back(sequence);
        --active;
        changed.notify_all();
        return;
      }
      lock.unlock();
    }
    const Stage stage = work.at;
    const std::int64_t began = steady_nanoseconds();
    // Whoever is told of a commit may end the work before this returns: after `waits` it is not looked at. What is told
    // is a turn of its own, so that this one may end after it.
    const Step step = (this->*row->run)(work);
    const std::int64_t took = steady_nanoseconds() - began;
    ++count.count;
    count.nanoseconds += static_cast<std::uint64_t>(took);
    count.seconds->observe(static_cast<double>(took) / 1e9);
    switch (step) {
      case Step::next:
        if (stage == Stage::forward) return finish(work, MessageState::done);
        work.at = static_cast<Stage>(static_cast<std::uint8_t>(stage) + 1);
        break;
      case Step::finished:
        return finish(work, MessageState::done);
      case Step::dead:
        count.add_fault();
        return finish(work, MessageState::dead);
      case Step::try_again:
        return retry(work);
      case Step::waits:
        return end_turn();
    }
  }
}

void Pipeline::State::begin_turn() {
  const std::lock_guard lock(mutex);
  ++active;
}

void Pipeline::State::end_turn() {
  const std::lock_guard lock(mutex);
  --active;
  dispatch_locked();
  changed.notify_all();
}

/// Back on the pool, before those that have not begun.
void Pipeline::State::go_on(Work& work) {
  const std::lock_guard lock(mutex);
  --active;
  ready.push_front(work.message.id.sequence);
  dispatch_locked();
  changed.notify_all();
}

void Pipeline::State::retry(Work& work) {
  const std::lock_guard lock(mutex);
  const std::int64_t most = options.retry_most_ms;
  const std::int64_t pause = work.failures > 20 ? most : std::min(most, options.retry_first_ms << work.failures);
  ++work.failures;
  ++retries;
  work.retry_at = steady_nanoseconds() + pause * 1'000'000;
  retrying.push_back(work.message.id.sequence);
  --active;
  changed.notify_all();
}

void Pipeline::State::finish(Work& work, MessageState end) {
  Outcome outcome;
  outcome.state = end;
  outcome.epoch = work.epoch;
  outcome.at = clock.now();
  outcome.commit = work.commit;
  outcome.stage = work.at;
  if (end == MessageState::dead) {
    outcome.holds_keys = options.poison == PoisonPolicy::stop && !work.keys.empty();
    outcome.suggestion = suggestion_for(work.at);
    for (const Issue& issue : work.issues.all()) {
      if (issue.severity > Severity::error) continue;
      outcome.code = issue.message->id;
      outcome.path = issue.path;
      outcome.text = text(issue, Language::english);
      break;
    }
    ++dead;
    log_warning("message became a dead letter", {{"feed", options.feed},
                                                 {"sequence", work.message.id.sequence},
                                                 {"stage", name(work.at)},
                                                 {"code", outcome.code}});
  } else {
    ++done;
  }
  lag_seconds->observe((outcome.at - work.message.arrived).seconds());
  const std::uint64_t sequence = work.message.id.sequence;
  {
    const std::lock_guard lock(mutex);
    unwritten[sequence] = outcome;
    recent.add(outcome.at, outcome.at - work.message.arrived);
  }
  services.inbox->mark(work.message.id, outcome, end == MessageState::dead,
                       [this, sequence](const Result<>&) { written(sequence, {}); });

  std::vector<Callback<void(const Outcome&)>> told;
  {
    const std::lock_guard lock(mutex);
    if (outcome.holds_keys) stopped_keys.insert(work.keys.begin(), work.keys.end());
    bytes -= work.bytes;
    std::vector<std::uint64_t> next = order.remove(sequence);
    works.erase(sequence);
    while (!next.empty()) {
      const std::uint64_t one = next.back();
      next.pop_back();
      Work& waiting = *works.at(one);
      if (!is_stopped_locked(waiting)) {
        ready.push_back(one);
        continue;
      }
      hold_locked(waiting);
      bytes -= waiting.bytes;
      const std::vector<std::uint64_t> more = order.remove(one);
      next.insert(next.end(), more.begin(), more.end());
      works.erase(one);
    }
    if (const auto at = waiters.find(sequence); at != waiters.end()) {
      told = std::move(at->second);
      waiters.erase(at);
    }
    dispatch_locked();
  }
  for (const auto& one : told) one(outcome);
  end_turn();  // last, so that whoever waits for the end finds nothing running
}

void Pipeline::when_finished(std::uint64_t sequence, Callback<void(const Outcome&)> told) {
  State& state = *state_;
  {
    std::unique_lock lock(state.mutex);
    const auto ended = state.unwritten.find(sequence);
    if (ended != state.unwritten.end() && ended->second.state != MessageState::held) {
      const Outcome known = ended->second;
      lock.unlock();
      return told(known);
    }
    state.waiters[sequence].push_back(std::move(told));
    if (state.works.contains(sequence)) return;
  }
  // Not at hand: it has ended, or waits in the inbox. Whoever takes the callback out calls it.
  const Result<InboxEntry> entry = state.services.inbox->entry({state.options.feed, sequence});
  if (!entry || entry->outcome.state == MessageState::received || entry->outcome.state == MessageState::held) return;
  std::vector<Callback<void(const Outcome&)>> waiting;
  {
    const std::lock_guard lock(state.mutex);
    const auto at = state.waiters.find(sequence);
    if (at == state.waiters.end()) return;
    waiting = std::move(at->second);
    state.waiters.erase(at);
  }
  for (const auto& one : waiting) one(entry->outcome);
}

void Pipeline::note(Stage stage, double seconds, bool is_fault) {
  State::StageCount& count = state_->stages[static_cast<std::size_t>(stage)];
  ++count.count;
  if (is_fault) count.add_fault();
  count.nanoseconds += static_cast<std::uint64_t>(seconds * 1e9);
  count.seconds->observe(seconds);
}

void Pipeline::pause(Stage stage) {
  const std::lock_guard lock(state_->mutex);
  state_->stages[static_cast<std::size_t>(stage)].is_paused = true;
}

void Pipeline::resume(Stage stage) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  state.stages[static_cast<std::size_t>(stage)].is_paused = false;
  // Those parked elsewhere find their stage paused and park again.
  state.ready.insert(state.ready.begin(), state.parked.begin(), state.parked.end());
  state.parked.clear();
  state.dispatch_locked();
}

PipelineStatistics Pipeline::statistics() const {
  const State& state = *state_;
  PipelineStatistics all;
  for (std::size_t i = 0; i < kStages; ++i) {
    const State::StageCount& count = state.stages[i];
    all.stages[i] = {static_cast<Stage>(i), count.is_paused, count.count, count.faults,
                     static_cast<double>(count.nanoseconds) / 1e9};
  }
  all.done = state.done;
  all.dead = state.dead;
  all.held = state.held;
  all.retries = state.retries;
  const std::lock_guard lock(state.mutex);
  all.in_memory = state.works.size();
  all.bytes_in_memory = state.bytes;
  all.active = state.active;
  if (!state.works.empty()) all.oldest = state.works.begin()->second->message.arrived;
  const Instant now = state.clock.now();
  all.rate = state.recent.rate(now);
  all.lag_median = state.recent.lag(now, 0.5);
  all.lag_p99 = state.recent.lag(now, 0.99);
  return all;
}

bool Pipeline::State::is_idle_locked() const {
  return works.empty() && !is_behind && !must_release && active == 0 && unwritten.empty();
}

bool Pipeline::wait_until_idle(std::int64_t milliseconds) {
  std::unique_lock lock(state_->mutex);
  return state_->changed.wait_for(lock, std::chrono::milliseconds(milliseconds),
                                  [this] { return state_->is_idle_locked(); });
}

Result<std::unique_ptr<Pipeline::State::Work>> Pipeline::State::fetch(std::uint64_t sequence) const {
  const MessageId id{options.feed, sequence};
  auto work = std::make_unique<Work>();
  const InboxEntry entry = TRY(services.inbox->entry(id));
  if (entry.outcome.state != MessageState::received) return std::unique_ptr<Work>();
  work->message = TRY(services.inbox->read(id));
  work->epoch = entry.outcome.epoch;
  return work;
}

/// Takes messages from the inbox that are not at hand, as many as there is room for; whether there may be more.
Result<bool> Pipeline::State::fetch_some() {
  std::uint64_t after = 0;
  {
    const std::lock_guard lock(mutex);
    after = last_seen;
    has_missed = false;
  }
  const std::vector<std::uint64_t> found =
      TRY(services.inbox->in_state(options.feed, MessageState::received, after, kFetched));
  for (const std::uint64_t sequence : found) {
    {
      const std::lock_guard lock(mutex);
      const bool is_full = works.size() >= options.window_messages || bytes > options.window_bytes;
      if (is_closing || (is_full && !works.empty())) return false;
    }
    std::unique_ptr<Work> work = TRY(fetch(sequence));
    const std::lock_guard lock(mutex);
    last_seen = sequence;
    if (!work || works.contains(sequence) || unwritten.contains(sequence)) continue;
    add_locked(std::move(work));
    dispatch_locked();
  }
  const std::lock_guard lock(mutex);
  if (!found.empty()) return true;
  is_behind = has_missed;
  changed.notify_all();
  return is_behind;
}

void Pipeline::State::keep() {
  std::int64_t gauges_at = 0;
  while (true) {
    bool may_fetch = false;
    bool release = false;
    {
      std::unique_lock lock(mutex);
      if (is_closing) return;
      const std::int64_t now = steady_nanoseconds();
      std::erase_if(retrying, [&](std::uint64_t sequence) {
        if (works.at(sequence)->retry_at > now) return false;
        ready.push_front(sequence);
        return true;
      });
      dispatch_locked();
      may_fetch = is_behind && works.size() <= options.window_messages / 2 && bytes <= options.window_bytes / 2;
      release = std::exchange(must_release, false);
      if (!may_fetch && !release) changed.wait_for(lock, kKeeperPause);
    }
    if (release) {
      // Held messages that stay because the inbox cannot be read are looked for again with the next release.
      if (const Result<> released = release_held(); !released) {
        log_error("held messages cannot be released", {{"feed", options.feed}, {"reason", released.error().message()}});
      }
    }
    if (may_fetch) {
      const Result<bool> more = fetch_some();
      if (!more) {
        static LogLimit limit(1);
        log(LogLevel::error, "inbox cannot be read", {{"feed", options.feed}, {"reason", more.error().message()}},
            &limit);
      }
      if (!more || !*more) {
        std::unique_lock lock(mutex);
        if (!is_closing) changed.wait_for(lock, kKeeperPause);
      }
    }
    if (const std::int64_t now = steady_nanoseconds(); now >= gauges_at) {
      gauges_at = now + 1'000'000'000;
      update_gauges();
    }
  }
}

void Pipeline::State::update_gauges() {
  const Result<FeedCounts> counts = services.inbox->counts(options.feed);
  if (!counts) return;
  waiting_gauge->set(static_cast<std::int64_t>(counts->received + counts->held));
  dead_gauge->set(static_cast<std::int64_t>(counts->dead));
  Instant oldest = clock.now();
  {
    const std::lock_guard lock(mutex);
    if (!works.empty()) oldest = std::min(oldest, works.begin()->second->message.arrived);
  }
  oldest_gauge->set((clock.now() - oldest).milliseconds() / 1000);
}

}  // namespace meridian::ingest
