// What may be done with messages afterwards: replayed, corrected, let go; and what that lets go on.
#include <utility>

#include "base/hash.hpp"
#include "ingest/internal/pipeline_state.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLooked = 1000;

}  // namespace

/// The keys that dead letters hold: from the inbox, so that they are the same after a crash.
Result<> Pipeline::State::find_stops() {
  std::unordered_set<std::uint64_t> keys;
  std::uint64_t after = 0;
  while (true) {
    const auto found = TRY(services.inbox->in_state(options.feed, MessageState::dead, after, kLooked));
    for (const std::uint64_t sequence : found) {
      const InboxEntry entry = TRY(services.inbox->entry({options.feed, sequence}));
      if (!entry.outcome.holds_keys) continue;
      for (const std::string& key : entry.header.order_keys) keys.insert(hash64(key));
    }
    if (found.size() < kLooked) break;
    after = found.back();
  }
  const std::lock_guard lock(mutex);
  stopped_keys = std::move(keys);
  return {};
}

/// Messages whose keys nothing holds any more go on, in the order of the inbox.
Result<> Pipeline::State::release_held() {
  std::uint64_t after = 0;
  while (true) {
    const auto found = TRY(services.inbox->in_state(options.feed, MessageState::held, after, kLooked));
    for (const std::uint64_t sequence : found) {
      auto work = std::make_unique<Work>();
      const InboxEntry entry = TRY(services.inbox->entry({options.feed, sequence}));
      work->message = TRY(services.inbox->read(entry.id));
      work->epoch = entry.outcome.epoch;
      for (const std::string& key : entry.header.order_keys) work->keys.push_back(hash64(key));
      {
        const std::lock_guard lock(mutex);
        if (is_stopped_locked(*work) || works.contains(sequence)) continue;
      }
      Outcome outcome;
      outcome.epoch = entry.outcome.epoch;
      TRY(services.inbox->mark_and_wait(entry.id, outcome));
      const std::lock_guard lock(mutex);
      add_locked(std::move(work));
      dispatch_locked();
    }
    if (found.size() < kLooked) return {};
    after = found.back();
  }
}

Result<> Pipeline::replay(std::uint64_t sequence) {
  State& state = *state_;
  state.wait_until_written(sequence);
  const InboxEntry entry = TRY(state.services.inbox->entry({state.options.feed, sequence}));
  const MessageState now = entry.outcome.state;
  if (now != MessageState::done && now != MessageState::dead && now != MessageState::dropped) {
    return fail(ErrorCode::conflict, "message " + entry.id.to_string() + " is " + std::string(name(now)) +
                                         ": only one that is done, dead or dropped can be replayed");
  }
  Outcome outcome;
  outcome.epoch = entry.outcome.epoch + 1;
  TRY(state.services.inbox->mark_and_wait(entry.id, outcome));
  TRY(state.find_stops());
  std::unique_ptr<State::Work> work = TRY(state.fetch(sequence));
  if (work) {
    const std::lock_guard lock(state.mutex);
    if (!state.works.contains(sequence)) state.add_locked(std::move(work));
    state.dispatch_locked();
  }
  return state.release_held();
}

Result<MessageId> Pipeline::fix(std::uint64_t sequence, std::string content) {
  State& state = *state_;
  state.wait_until_written(sequence);
  const InboxEntry entry = TRY(state.services.inbox->entry({state.options.feed, sequence}));
  if (entry.outcome.state != MessageState::dead) {
    return fail(ErrorCode::conflict, "message " + entry.id.to_string() + " is no dead letter");
  }
  NewMessage corrected;
  corrected.feed = state.options.feed;
  corrected.header = state.services.reader->read(content);
  corrected.content = std::move(content);
  corrected.source = "edit of " + entry.id.to_string();
  corrected.replaces = sequence;
  const Receipt receipt = TRY(state.services.inbox->put(std::move(corrected)));
  TRY(state.find_stops());
  std::unique_ptr<State::Work> work = TRY(state.fetch(receipt.id.sequence));
  if (work) {
    const std::lock_guard lock(state.mutex);
    if (!state.works.contains(receipt.id.sequence)) state.add_locked(std::move(work));
    state.dispatch_locked();
  }
  TRY(state.release_held());
  return receipt.id;
}

Result<> Pipeline::drop(std::uint64_t sequence) {
  State& state = *state_;
  state.wait_until_written(sequence);
  const InboxEntry entry = TRY(state.services.inbox->entry({state.options.feed, sequence}));
  if (entry.outcome.state != MessageState::dead) {
    return fail(ErrorCode::conflict, "message " + entry.id.to_string() + " is no dead letter");
  }
  Outcome outcome = entry.outcome;
  outcome.state = MessageState::dropped;
  outcome.holds_keys = false;
  TRY(state.services.inbox->mark_and_wait(entry.id, outcome));
  TRY(state.find_stops());
  return state.release_held();
}

}  // namespace meridian::ingest
