#include "ingest/inbox.hpp"

#include <algorithm>
#include <future>
#include <utility>

#include "base/clock.hpp"
#include "base/file_system.hpp"
#include "base/hash.hpp"
#include "base/random.hpp"
#include "ingest/internal/inbox_layout.hpp"
#include "ingest/internal/inbox_writer.hpp"
#include "kv/rocks.hpp"
#include "store/ports.hpp"

namespace meridian::ingest {

using internal::Head;
using internal::kContents;
using internal::kEntries;
using internal::kMessages;
using internal::kOutcomes;

std::string_view name(Stage stage) {
  constexpr std::string_view kNames[kStages] = {"receive", "inbox",   "acknowledge", "parse",  "route",
                                                "map",     "resolve", "check",       "commit", "forward"};
  return kNames[static_cast<std::size_t>(stage) % kStages];
}

std::string_view name(MessageState state) {
  constexpr std::string_view kNames[] = {"", "received", "done", "dead", "held", "replaced", "dropped"};
  return kNames[static_cast<std::size_t>(state) % std::size(kNames)];
}

struct Inbox::State {
  InboxOptions options;
  std::unique_ptr<kv::Kv> kv;
  std::string salt;
  std::unique_ptr<internal::InboxWriter> writer;

  Result<std::string> open(const MessageId& id, std::string_view sealed) const {
    store::Sealer& sealer = options.sealer != nullptr ? *options.sealer : store::null_sealer();
    return sealer.open(options.tenant, internal::home_of(id), sealed);
  }
  Result<Head> head(const kv::View& view, const MessageId& id) const {
    const auto stored = TRY(view.get(kMessages, internal::message_key(id.feed, id.sequence)));
    if (!stored) return fail(ErrorCode::not_found, "the inbox has no message " + id.to_string());
    Head head = TRY(internal::decode_head(TRY(open(id, *stored))));
    head.entry.id = id;
    return head;
  }
  Result<InboxEntry> entry(const kv::View& view, const MessageId& id) const {
    InboxEntry entry = TRY(head(view, id)).entry;
    if (const auto stored = TRY(view.get(kOutcomes, internal::message_key(id.feed, id.sequence)))) {
      entry.outcome = TRY(internal::decode_outcome(TRY(open(id, *stored))));
    }
    return entry;
  }
  /// The first sequence of the feed that arrived at or after that instant; messages are in the order of arrival.
  Result<std::uint64_t> first_since(const kv::View& view, const std::string& feed, Instant since) const {
    std::uint64_t low = 1;
    std::uint64_t high = writer->counts(feed).last + 1;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      const auto cursor =
          view.scan(kMessages, {internal::message_key(feed, middle), internal::message_key(feed, high)});
      if (!cursor->valid()) {  // none from the middle on
        TRY(cursor->status());
        high = middle;
        continue;
      }
      const MessageId id{feed, internal::sequence_of(cursor->key())};
      const Head head = TRY(internal::decode_head(TRY(open(id, cursor->value()))));
      if (head.entry.arrived >= since) {
        high = middle;
      } else {
        low = id.sequence + 1;
      }
    }
    return low;
  }
};

Inbox::Inbox(std::unique_ptr<State> state) : state_(std::move(state)) {}
Inbox::~Inbox() = default;

std::span<const kv::SpaceDefinition> Inbox::spaces() {
  return internal::kInboxSpaces;
}

Result<std::unique_ptr<Inbox>> Inbox::open(InboxOptions options) {
  FileSystem& files = options.files != nullptr ? *options.files : system_files();
  TRY(make_folder(files, options.folder));
  kv::RocksOptions rocks;
  rocks.folder = options.folder + "/kv";
  rocks.files = options.files;
  rocks.memory = options.memory;
  rocks.memory_bytes = options.memory_bytes;
  std::unique_ptr<kv::Kv> kv = TRY(kv::open_rocks(spaces(), rocks));
  return open(std::move(options), std::move(kv));
}

Result<std::unique_ptr<Inbox>> Inbox::open(InboxOptions options, std::unique_ptr<kv::Kv> kv) {
  auto state = std::make_unique<State>();
  state->options = std::move(options);
  state->kv = std::move(kv);
  if (std::optional<std::string> salt = TRY(state->kv->view()->get(kEntries, "x"))) {
    state->salt = *std::move(salt);
  } else {
    Random& random = state->options.random != nullptr ? *state->options.random : system_random();
    state->salt.resize(16);
    random.fill(std::as_writable_bytes(std::span(state->salt)));
    kv::Batch batch;
    batch.put(kEntries, "x", state->salt);
    TRY(state->kv->commit(batch, kv::Durability::synced));
  }
  const Clock& clock = state->options.clock != nullptr ? *state->options.clock : system_clock();
  state->writer = std::make_unique<internal::InboxWriter>(*state->kv, state->options, clock, state->salt);
  TRY(state->writer->load());
  return std::unique_ptr<Inbox>(new Inbox(std::move(state)));
}

namespace {

Result<> check(const NewMessage& message) {
  const auto may_stand = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  };
  if (message.feed.empty() || message.feed.size() > 64 || !std::ranges::all_of(message.feed, may_stand)) {
    return fail(ErrorCode::invalid_argument, "a feed is named by 1 to 64 of a-z 0-9 _ -");
  }
  if (message.header.type.size() > 500 || message.header.control_id.size() > 500) {
    return fail(ErrorCode::invalid_argument, "a message's type and control id have at most 500 bytes");
  }
  return {};
}

}  // namespace

void Inbox::put(NewMessage message, Callback<void(Result<Receipt>)> done) {
  if (Result<> checked = check(message); !checked) return done(fail(std::move(checked).error()));
  // A zero byte ends a type in its key.
  std::erase(message.header.type, '\0');
  state_->writer->put(std::move(message), std::move(done));
}

Result<Receipt> Inbox::put(NewMessage message) {
  std::promise<Result<Receipt>> promise;
  auto future = promise.get_future();
  put(std::move(message), [&](Result<Receipt> receipt) { promise.set_value(std::move(receipt)); });
  return future.get();
}

void Inbox::mark(const MessageId& id, Outcome outcome, bool is_safe, Callback<void(Result<>)> done) {
  state_->writer->mark(id, std::move(outcome), is_safe, std::move(done));
}

Result<> Inbox::mark_and_wait(const MessageId& id, Outcome outcome) {
  std::promise<Result<>> promise;
  auto future = promise.get_future();
  mark(id, std::move(outcome), true, [&](Result<> marked) { promise.set_value(std::move(marked)); });
  return future.get();
}

Result<Message> Inbox::read(const MessageId& id) const {
  const std::unique_ptr<kv::View> view = state_->kv->view();
  Head head = TRY(state_->head(*view, id));
  std::string sealed;
  for (std::uint32_t piece = 0; piece < head.pieces; ++piece) {
    const auto bytes = TRY(view->get(kContents, internal::content_key(id.feed, id.sequence, piece)));
    if (!bytes) return fail(ErrorCode::io_failure, "a piece of message " + id.to_string() + " is missing");
    sealed += *bytes;
  }
  Message message;
  message.id = id;
  message.content = head.pieces == 0 ? std::string() : TRY(state_->open(id, sealed));
  if (crc32c(message.content) != head.checksum) {
    return fail(ErrorCode::io_failure, "message " + id.to_string() + " is damaged on the disk");
  }
  message.header = std::move(head.entry.header);
  message.source = std::move(head.entry.source);
  message.arrived = head.entry.arrived;
  return message;
}

Result<InboxEntry> Inbox::entry(const MessageId& id) const {
  return state_->entry(*state_->kv->view(), id);
}

Result<std::vector<InboxEntry>> Inbox::search(const InboxQuery& query) const {
  const std::unique_ptr<kv::View> view = state_->kv->view();
  std::uint64_t end = std::min(query.before, state_->writer->counts(query.feed).last + 1);
  std::uint64_t begin = 1;
  if (query.until) end = std::min(end, TRY(state_->first_since(*view, query.feed, *query.until)));
  if (query.from) begin = TRY(state_->first_since(*view, query.feed, *query.from));

  const auto matches = [&](const InboxEntry& entry) {
    const MessageHeader& header = entry.header;
    return (query.type.empty() || header.type == query.type) &&
           (query.control_id.empty() || header.control_id == query.control_id) &&
           (query.order_key.empty() ||
            std::ranges::find(header.order_keys, query.order_key) != header.order_keys.end()) &&
           (!query.state || entry.outcome.state == *query.state);
  };
  std::vector<InboxEntry> found;
  const auto look = [&](std::uint64_t sequence) -> Result<bool> {
    Result<InboxEntry> entry = state_->entry(*view, {query.feed, sequence});
    if (!entry && entry.error().code() == ErrorCode::not_found) return true;  // forgotten meanwhile
    if (!entry) return fail(std::move(entry).error());
    if (matches(*entry)) found.push_back(*std::move(entry));
    return found.size() < query.limit;
  };
  if (begin >= end || query.limit == 0) return found;

  if (!query.control_id.empty()) {
    const std::string same =
        TRY(view->get(kEntries, internal::control_entry(query.feed, state_->salt, query.control_id)))
            .value_or(std::string());
    constexpr std::size_t kEntry = internal::kContentHashBytes + 8;
    for (std::size_t at = same.size() / kEntry * kEntry; at >= kEntry; at -= kEntry) {
      const std::uint64_t sequence = internal::control_sequence(same, at - kEntry);
      if (sequence < begin || sequence >= end) continue;
      if (!TRY(look(sequence))) break;
    }
    return found;
  }
  // The narrowest list that the question allows, walked from its newest.
  kv::SpaceId space = kEntries;
  std::string prefix;
  if (!query.order_key.empty()) {
    prefix = internal::order_prefix(query.feed, state_->salt, query.order_key);
  } else if (query.state && internal::is_listed(*query.state)) {
    prefix = internal::state_prefix(query.feed, *query.state);
  } else if (!query.type.empty()) {
    prefix = internal::type_prefix(query.feed, query.type);
  } else {
    space = kMessages;
    prefix = internal::feed_prefix(query.feed);
  }
  const auto cursor = view->scan(space, {internal::with_sequence(prefix, begin), internal::with_sequence(prefix, end)},
                                 kv::Direction::backward);
  for (; cursor->valid(); cursor->next()) {
    if (!TRY(look(internal::sequence_of(cursor->key())))) break;
  }
  TRY(cursor->status());
  return found;
}

Result<std::vector<std::uint64_t>> Inbox::in_state(const std::string& feed, MessageState state, std::uint64_t after,
                                                   std::size_t limit) const {
  const std::string prefix = internal::state_prefix(feed, state);
  const std::unique_ptr<kv::View> view = state_->kv->view();
  std::vector<std::uint64_t> found;
  const auto cursor = view->scan(kEntries, {internal::with_sequence(prefix, after + 1), kv::Range::prefix(prefix).end});
  for (; cursor->valid() && found.size() < limit; cursor->next()) found.push_back(internal::sequence_of(cursor->key()));
  TRY(cursor->status());
  return found;
}

Result<FeedCounts> Inbox::counts(const std::string& feed) const {
  return state_->writer->counts(feed);
}

Result<> Inbox::checkpoint(const std::string& folder) const {
  return state_->kv->checkpoint(folder);
}

std::vector<std::string> Inbox::feeds() const {
  return state_->writer->feeds();
}

Result<std::uint64_t> Inbox::forget(const std::string& feed, Instant before, std::uint64_t at_most) {
  const std::unique_ptr<kv::View> view = state_->kv->view();
  const std::uint64_t end = TRY(state_->first_since(*view, feed, before));
  std::uint64_t forgotten = 0;
  const auto cursor = view->scan(kMessages, {internal::message_key(feed, 1), internal::message_key(feed, end)},
                                 kv::Direction::forward, kv::CacheUse::pass);
  for (; cursor->valid() && forgotten < at_most; cursor->next()) {
    const MessageId id{feed, internal::sequence_of(cursor->key())};
    if (id.sequence == state_->writer->counts(feed).last) break;  // the newest says where sequences go on
    const Head head = TRY(state_->head(*view, id));
    const InboxEntry entry = TRY(state_->entry(*view, id));
    if (internal::is_listed(entry.outcome.state)) continue;
    kv::Batch batch;
    const std::string key = internal::message_key(feed, id.sequence);
    batch.erase(kMessages, key);
    batch.erase(kOutcomes, key);
    for (std::uint32_t piece = 0; piece < head.pieces; ++piece) {
      batch.erase(kContents, internal::content_key(feed, id.sequence, piece));
    }
    batch.erase(kEntries, internal::with_sequence(internal::type_prefix(feed, entry.header.type), id.sequence));
    for (const std::string& order : entry.header.order_keys) {
      batch.erase(kEntries, internal::with_sequence(internal::order_prefix(feed, state_->salt, order), id.sequence));
    }
    if (!entry.header.control_id.empty()) {
      const std::string control = internal::control_entry(feed, state_->salt, entry.header.control_id);
      if (const std::optional<std::string> same = TRY(view->get(kEntries, control))) {
        batch.require_value(kEntries, control, *same);  // the writer may add to it meanwhile
        const std::string rest = internal::without_sequence(*same, id.sequence);
        if (rest.empty()) batch.erase(kEntries, control);
        if (!rest.empty()) batch.put(kEntries, control, rest);
      }
    }
    const Result<> erased = state_->kv->commit(batch, kv::Durability::written);
    if (!erased && erased.error().code() == ErrorCode::conflict) continue;  // the next time
    TRY(erased);
    ++forgotten;
  }
  TRY(cursor->status());
  return forgotten;
}

}  // namespace meridian::ingest
