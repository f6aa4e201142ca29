// Pipeline: what happens to a feed's messages once they are safe in the inbox: parse, route, map, resolve, check,
// commit, forward; each stage named, timed, counted, and able to be paused.
//
// Messages with an order key in common go one after another, in the order of the inbox; others side by side on the
// pool. Nothing lives here alone: what memory has no room for stays in the inbox and is fetched when there is room, and
// after a crash everything that was not finished is fetched again. A commit carries a marker, a Provenance whose id is
// made of the message's place, that may be written once: so a message that is worked on again after its commit changes
// nothing. A fault in a message makes it a dead letter; then later messages of its keys go on (skip) or are held until
// somebody has looked (stop). A store that is busy or failing is tried again after a pause; nothing is skipped for it.
// Any thread. Lifetime: inbox, store, ports and pool outlive it; the destructor waits for what runs, and leaves the
// rest.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "ingest/inbox.hpp"
#include "ingest/ports.hpp"

namespace meridian {
class Clock;
class ThreadPool;
}  // namespace meridian
namespace meridian::store {
class Store;
}

namespace meridian::ingest {

class FileSplitter;
class RecordWriter;

enum class PoisonPolicy : std::uint8_t {
  skip,  ///< a dead letter holds up nobody
  stop,  ///< later messages of its order keys wait until it is mended, replayed or dropped
};

struct PipelineOptions {
  std::string feed;
  PoisonPolicy poison = PoisonPolicy::skip;
  std::vector<std::string> types;         ///< "ADT^A01", "ORU^*"; others mean nothing here; empty: all
  bool is_forward_paused = false;         ///< at the beginning
  std::uint64_t window_bytes = 64 << 20;  ///< of messages in memory
  std::size_t window_messages = 10'000;
  std::size_t active_messages = 256;  ///< on the pool or in the store at once
  std::uint32_t conflict_tries = 5;   ///< of a commit whose conditions did not hold
  std::int64_t retry_first_ms = 100;  ///< after a failure of the store; doubled each time
  std::int64_t retry_most_ms = 30'000;
};

struct PipelineServices {
  Inbox* inbox = nullptr;
  store::Store* store = nullptr;
  RecordWriter* record = nullptr;  ///< of that store
  ThreadPool* pool = nullptr;
  const HeaderReader* reader = nullptr;
  const Mapper* mapper = nullptr;
  const FileSplitter* files = nullptr;         ///< null: none come
  const IdentityResolver* resolver = nullptr;  ///< null: the plain one
  const QualityGate* gate = nullptr;           ///< null: the plain one
  const Forwarder* forwarder = nullptr;        ///< null: nobody else is told
  const Clock* clock = nullptr;                ///< null: the machine's
  std::string state_folder;                    ///< where connectors write down how far they have come
};

struct StageStatistics {
  Stage stage = Stage::receive;
  bool is_paused = false;
  std::uint64_t count = 0;
  std::uint64_t faults = 0;
  double seconds = 0;
};

struct PipelineStatistics {
  std::array<StageStatistics, kStages> stages;
  std::uint64_t in_memory = 0;  ///< messages
  std::uint64_t bytes_in_memory = 0;
  std::uint64_t active = 0;
  std::uint64_t done = 0;
  std::uint64_t dead = 0;
  std::uint64_t held = 0;
  std::uint64_t retries = 0;
  double rate = 0;      ///< messages that ended, a second, of the last minute …
  Duration lag_median;  ///< … and how long they had taken since they came: at most this, within a factor of two
  Duration lag_p99;
  Instant oldest;  ///< arrival of the oldest that is not finished; the epoch when there is none
};

class Pipeline {
 public:
  /// Goes on where the inbox stands. Errors: invalid_argument, and those of the inbox.
  static Result<std::unique_ptr<Pipeline>> start(PipelineOptions options, PipelineServices services);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  /// A message that the inbox has just said is safe; in the order of the inbox.
  void offer(Message message);
  /// Calls once it is known what became of a message: at once, or when it is; quick.
  void when_finished(std::uint64_t sequence, Callback<void(const Outcome&)> told);
  /// Counts time of the stages before the pipeline's own, which others run.
  void note(Stage stage, double seconds, bool is_fault);

  void pause(Stage stage);
  void resume(Stage stage);

  // What may be done with messages afterwards. Errors: not_found, conflict (it is not in a state for that).
  /// Works on a finished message or a dead letter again, as new: its marker is another.
  Result<> replay(std::uint64_t sequence);
  /// Corrects a dead letter: the new content is a message of its own, and it is worked on first.
  Result<MessageId> fix(std::uint64_t sequence, std::string content);
  /// Lets a dead letter go.
  Result<> drop(std::uint64_t sequence);

  PipelineStatistics statistics() const;
  /// Waits until everything in the inbox is finished, held or dead, or for so long; whether it is.
  bool wait_until_idle(std::int64_t milliseconds);

  struct State;  // of the sources alone

 private:
  explicit Pipeline(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The id of the Provenance that marks a message's commit: UUIDv8 of its place and its epoch.
std::string marker_id(const MessageId& id, std::uint32_t epoch);
/// "ORU^*" means all whose type begins so.
bool is_type_wanted(const std::vector<std::string>& types, std::string_view type);

}  // namespace meridian::ingest
