// Inbox: every message as it came, safe before anybody is told so, and what has become of it since.
//
//   inbox->put({.feed = "lab", .content = bytes, .header = header}, [](Result<Receipt> receipt) { acknowledge(); });
//
// One thread writes: what many connections bring at the same time shares one sync. A message that was there already
// (same feed, control id and content) is known again: its receipt names the first one and nothing is written. The same
// control id with other content is another message, and said so. Messages are found by time, type, control id, order
// key and state; what patients are called is never in a key. Bytes are sealed by the store's Sealer under a home of
// their own ("inbox/lab/17"). Any thread. Lifetime: the Kv's and the Sealer's owner outlives it; `done` is called on
// the writer's thread and must be quick.
// Errors: busy (too much waits, or the disk is full), io_failure, too_large, not_found, invalid_argument.
// Layout on disk: internal/inbox_layout.hpp.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "ingest/message.hpp"
#include "store/context.hpp"

namespace meridian {
class Clock;
class FileSystem;
class MemoryBudget;
class Random;
}  // namespace meridian

namespace meridian::kv {
class Kv;
struct SpaceDefinition;
}  // namespace meridian::kv

namespace meridian::store {
class Sealer;
}

namespace meridian::ingest {

/// The steps of a message's way, in their order. On disk: never renumbered.
enum class Stage : std::uint8_t { receive, inbox, acknowledge, parse, route, map, resolve, check, commit, forward };
inline constexpr std::size_t kStages = 10;
std::string_view name(Stage stage);  ///< "map"

enum class MessageState : std::uint8_t {  // on disk: never renumbered
  received = 1,                           ///< safe, and still to be worked on
  done = 2,                               ///< committed, or meant nothing
  dead = 3,                               ///< a dead letter: waits for somebody
  held = 4,                               ///< waits for a dead letter that it must not overtake
  replaced = 5,                           ///< a dead letter that was corrected: see the message that replaces it
  dropped = 6,                            ///< a dead letter that somebody looked at and let go
};
std::string_view name(MessageState state);  ///< "received"

/// What became of a message, and for a dead letter why.
struct Outcome {
  MessageState state = MessageState::received;
  std::uint32_t epoch = 0;  ///< how often it was worked on anew on purpose: a replay
  Instant at;
  std::uint64_t commit = 0;  ///< of the store; 0: none
  Stage stage = Stage::receive;
  bool holds_keys = false;  ///< later messages of its order keys wait for it
  std::string code;         ///< of the first fault: "required-missing"
  std::string path;         ///< "PID-3[1].1"
  std::string text;         ///< in English; may hold excerpts of the message
  std::string suggestion;   ///< what to do about it
  std::uint64_t replaced_by = 0;
};

struct NewMessage {
  std::string feed;  ///< [a-z0-9_-]{1,64}
  std::string content;
  MessageHeader header;
  std::string source;
  std::uint64_t replaces = 0;      ///< the dead letter that this one corrects
  std::optional<Outcome> outcome;  ///< of a message that cannot be read: a dead letter from the beginning
};

struct Receipt {
  MessageId id;
  Instant arrived;
  bool is_duplicate = false;       ///< `id` is that of the first
  bool reuses_control_id = false;  ///< another message of the feed had the same
};

/// A message without its content.
struct InboxEntry {
  MessageId id;
  MessageHeader header;
  std::string source;
  Instant arrived;
  std::uint64_t bytes = 0;
  std::uint64_t replaces = 0;
  bool reuses_control_id = false;
  Outcome outcome;
};

struct InboxQuery {
  std::string feed = {};
  std::optional<Instant> from = {};   ///< arrived at or after
  std::optional<Instant> until = {};  ///< arrived before
  std::string type = {};
  std::string control_id = {};
  std::string order_key = {};
  std::optional<MessageState> state = {};
  std::uint64_t before = UINT64_MAX;  ///< only sequences below: the last one of the page before
  std::size_t limit = 100;
};

struct FeedCounts {
  std::uint64_t last = 0;  ///< the newest message's sequence
  std::uint64_t received = 0;
  std::uint64_t dead = 0;
  std::uint64_t held = 0;
};

struct InboxOptions {
  std::string folder = {};
  FileSystem* files = nullptr;     ///< null: the machine's
  const Clock* clock = nullptr;    ///< null: the machine's
  Random* random = nullptr;        ///< null: the machine's
  MemoryBudget* memory = nullptr;  ///< null: reserved nowhere
  std::uint64_t memory_bytes = 64 << 20;
  store::Sealer* sealer = nullptr;  ///< null: not sealed
  store::TenantId tenant = store::kDefaultTenant;
  std::uint64_t queued_bytes = 512 << 20;  ///< that wait to be written; more are busy
};

class Inbox {
 public:
  static Result<std::unique_ptr<Inbox>> open(InboxOptions options);
  /// The same on a Kv that was opened with spaces(): a model in tests. The folder is not looked at.
  static Result<std::unique_ptr<Inbox>> open(InboxOptions options, std::unique_ptr<kv::Kv> kv);
  static std::span<const kv::SpaceDefinition> spaces();
  /// Writes what waits.
  ~Inbox();
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void put(NewMessage message, Callback<void(Result<Receipt>)> done);
  Result<Receipt> put(NewMessage message);  ///< waits
  /// Says what became of a message. Safe with the next message, or when `done` is called if `is_safe`; a replay does no
  /// harm when it is forgotten.
  void mark(const MessageId& id, Outcome outcome, bool is_safe = false, Callback<void(Result<>)> done = {});
  Result<> mark_and_wait(const MessageId& id, Outcome outcome);

  Result<Message> read(const MessageId& id) const;
  Result<InboxEntry> entry(const MessageId& id) const;
  /// Newest first.
  Result<std::vector<InboxEntry>> search(const InboxQuery& query) const;
  /// The sequences of a feed in that state, after one, oldest first. Not for done, replaced and dropped.
  Result<std::vector<std::uint64_t>> in_state(const std::string& feed, MessageState state, std::uint64_t after,
                                              std::size_t limit) const;
  Result<FeedCounts> counts(const std::string& feed) const;
  std::vector<std::string> feeds() const;  ///< that have messages
  /// All of it, as it is now, in a folder that is not there yet: for back-ups. Conflict when it is.
  Result<> checkpoint(const std::string& folder) const;
  /// Forgets messages that arrived before and need nothing more; how many.
  Result<std::uint64_t> forget(const std::string& feed, Instant before, std::uint64_t at_most);

 private:
  struct State;
  explicit Inbox(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::ingest
