#include "ingest/internal/inbox_writer.hpp"

#include <algorithm>
#include <utility>

#include "base/bytes.hpp"
#include "base/clock.hpp"
#include "base/hash.hpp"
#include "base/log.hpp"
#include "store/ports.hpp"

namespace meridian::ingest::internal {
namespace {

constexpr std::size_t kBatchBytes = std::size_t{2} << 20;  // of a batch, before its last message
constexpr std::size_t kBatchOperations = 2000;
constexpr std::size_t kOverhead = 1024;     // of a message's keys and head
constexpr std::size_t kSameControlId = 16;  // so many contents of one control id are remembered

std::string hash_of_content(std::string_view content) {
  const Sha256Digest digest = sha256(content);
  return {reinterpret_cast<const char*>(digest.data()), kContentHashBytes};
}

std::string little(std::uint64_t value) {
  std::string bytes(sizeof value, '\0');
  store_little(bytes.data(), value);
  return bytes;
}

void count(FeedCounts& counts, MessageState state, std::int64_t difference) {
  std::uint64_t* counted = state == MessageState::received ? &counts.received
                           : state == MessageState::dead   ? &counts.dead
                           : state == MessageState::held   ? &counts.held
                                                           : nullptr;
  if (counted != nullptr) *counted += static_cast<std::uint64_t>(difference);
}

}  // namespace

std::string home_of(const MessageId& id) {
  return "inbox/" + id.to_string();
}

InboxWriter::InboxWriter(kv::Kv& kv, const InboxOptions& options, const Clock& clock, std::string salt)
    : kv_(kv), options_(options), clock_(clock), salt_(std::move(salt)) {}

InboxWriter::~InboxWriter() {
  {
    const std::lock_guard lock(mutex_);
    is_closing_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// How many messages wait, by a walk over those that do: they are few when all is well.
Result<> InboxWriter::load() {
  const std::unique_ptr<kv::View> view = kv_.view();
  std::vector<std::string> names;
  const auto listed = view->scan(kEntries, kv::Range::prefix("f"));
  for (; listed->valid(); listed->next()) names.emplace_back(listed->key().substr(1));
  TRY(listed->status());
  for (const std::string& name : names) {
    Feed feed;
    const auto last = view->scan(kMessages, kv::Range::prefix(feed_prefix(name)), kv::Direction::backward);
    if (last->valid()) {
      feed.counts.last = sequence_of(last->key());
      const MessageId id{name, feed.counts.last};
      store::Sealer& sealer = options_.sealer != nullptr ? *options_.sealer : store::null_sealer();
      feed.last_arrival = TRY(decode_head(TRY(sealer.open(options_.tenant, home_of(id), last->value())))).entry.arrived;
    }
    TRY(last->status());
    for (const MessageState state : {MessageState::received, MessageState::dead, MessageState::held}) {
      const auto waiting = view->scan(kEntries, kv::Range::prefix(state_prefix(name, state)));
      for (; waiting->valid(); waiting->next()) count(feed.counts, state, 1);
      TRY(waiting->status());
    }
    feeds_.emplace(name, feed);
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void InboxWriter::put(NewMessage message, Callback<void(Result<Receipt>)> done) {
  Operation operation;
  operation.is_put = operation.is_safe = true;
  operation.content_hash = hash_of_content(message.content);
  operation.bytes = message.content.size() + kOverhead;
  operation.message = std::move(message);
  operation.received = std::move(done);
  enqueue(std::move(operation));
}

void InboxWriter::mark(const MessageId& id, Outcome outcome, bool is_safe, Callback<void(Result<>)> done) {
  Operation operation;
  operation.id = id;
  operation.outcome = std::move(outcome);
  operation.is_safe = is_safe;
  operation.marked = std::move(done);
  operation.bytes = kOverhead;
  enqueue(std::move(operation));
}

void InboxWriter::enqueue(Operation operation) {
  {
    const std::lock_guard lock(mutex_);
    if (!is_closing_ && (!operation.is_put || queued_bytes_ < options_.queued_bytes)) {
      queued_bytes_ += operation.bytes;
      queue_.push_back(std::move(operation));
      changed_.notify_one();
      return;
    }
  }
  if (operation.received) operation.received(fail(ErrorCode::busy, "too many messages wait to be written"));
  if (operation.marked) operation.marked(fail(ErrorCode::busy, "the inbox is closing"));
}

std::vector<InboxWriter::Operation> InboxWriter::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_closing_ || !queue_.empty(); });
  std::vector<Operation> taken;
  std::size_t bytes = 0;
  while (!queue_.empty() && bytes < kBatchBytes && taken.size() < kBatchOperations) {
    // A large content is written in pieces beforehand, and adds little to the batch.
    bytes += std::min<std::size_t>(queue_.front().bytes, kPieceBytes);
    queued_bytes_ -= queue_.front().bytes;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

void InboxWriter::run() {
  while (true) {
    std::vector<Operation> operations = take();
    if (operations.empty()) return;
    write(operations);
  }
}

void InboxWriter::write(std::vector<Operation>& operations) {
  Overlay overlay;
  Result<> written;
  {
    const std::unique_ptr<kv::View> view = kv_.view();
    for (Operation& operation : operations) {
      written = prepare(operation, *view, overlay);
      if (!written) break;
    }
  }
  if (written && !overlay.batch.empty()) {
    written = kv_.commit(overlay.batch, overlay.must_sync ? kv::Durability::synced : kv::Durability::written);
  }
  if (written) {
    const std::lock_guard lock(mutex_);
    for (auto& [name, feed] : overlay.feeds) feeds_[name] = feed;
  } else {
    static LogLimit limit(1);
    log(LogLevel::error, "inbox cannot write", {{"reason", written.error().message()}}, &limit);
  }
  for (Operation& operation : operations) {
    if (operation.received) {
      operation.received(written ? Result<Receipt>(operation.receipt) : fail(written.error()));
    }
    if (operation.marked) operation.marked(written);
  }
}

InboxWriter::Feed& InboxWriter::feed_of(const std::string& name, Overlay& overlay) {
  const auto at = overlay.feeds.find(name);
  if (at != overlay.feeds.end()) return at->second;
  const std::lock_guard lock(mutex_);
  const auto known = feeds_.find(name);
  if (known == feeds_.end()) overlay.batch.put(kEntries, 'f' + name, {});
  return overlay.feeds.emplace(name, known == feeds_.end() ? Feed() : known->second).first->second;
}

Result<std::string> InboxWriter::seal(const MessageId& id, std::string_view plain) const {
  store::Sealer& sealer = options_.sealer != nullptr ? *options_.sealer : store::null_sealer();
  return sealer.seal(options_.tenant, home_of(id), plain);
}

Result<> InboxWriter::prepare(Operation& operation, const kv::View& view, Overlay& overlay) {
  overlay.must_sync = overlay.must_sync || operation.is_safe;
  if (operation.is_put) return prepare_put(operation, view, overlay);
  return prepare_mark(operation.id, operation.outcome, view, overlay);
}

Result<> InboxWriter::prepare_put(Operation& operation, const kv::View& view, Overlay& overlay) {
  NewMessage& message = operation.message;
  Receipt& receipt = operation.receipt;
  const std::string& control_id = message.header.control_id;
  std::string control_key;
  std::string same;  // what is known of this control id
  if (!control_id.empty() && message.replaces == 0) {
    control_key = control_entry(message.feed, salt_, control_id);
    const auto in_batch = overlay.controls.find(control_key);
    same = in_batch != overlay.controls.end() ? in_batch->second
                                              : TRY(view.get(kEntries, control_key)).value_or(std::string());
    constexpr std::size_t kEntry = kContentHashBytes + 8;
    for (std::size_t at = 0; at + kEntry <= same.size(); at += kEntry) {
      if (same.compare(at, kContentHashBytes, operation.content_hash) != 0) continue;
      receipt.id = {message.feed, load_little<std::uint64_t>(same.data() + at + kContentHashBytes)};
      receipt.is_duplicate = true;
      return {};
    }
    receipt.reuses_control_id = !same.empty();
    if (same.size() >= kSameControlId * kEntry) same.erase(0, kEntry);
  }

  Feed& feed = feed_of(message.feed, overlay);
  const std::uint64_t sequence = ++feed.counts.last;
  receipt.id = {message.feed, sequence};
  receipt.arrived = feed.last_arrival = std::max(clock_.now(), feed.last_arrival);

  Head head;
  head.entry.header = message.header;
  head.entry.source = std::move(message.source);
  head.entry.arrived = receipt.arrived;
  head.entry.bytes = message.content.size();
  head.entry.replaces = message.replaces;
  head.entry.reuses_control_id = receipt.reuses_control_id;
  head.checksum = crc32c(message.content);
  const std::string sealed = TRY(seal(receipt.id, message.content));
  head.pieces = static_cast<std::uint32_t>((sealed.size() + kPieceBytes - 1) / kPieceBytes);
  TRY(write_pieces(message.feed, sequence, sealed, overlay));
  overlay.batch.put(kMessages, message_key(message.feed, sequence), TRY(seal(receipt.id, encode(head))));
  if (!control_key.empty()) {
    same += operation.content_hash + little(sequence);
    overlay.batch.put(kEntries, control_key, same);
    overlay.controls[control_key] = std::move(same);
  }
  for (const std::string& key : message.header.order_keys) {
    overlay.batch.put(kEntries, with_sequence(order_prefix(message.feed, salt_, key), sequence), {});
  }
  overlay.batch.put(kEntries, with_sequence(type_prefix(message.feed, message.header.type), sequence), {});

  const MessageState state = message.outcome ? message.outcome->state : MessageState::received;
  if (message.outcome) {
    Outcome outcome = *message.outcome;
    outcome.at = receipt.arrived;
    overlay.batch.put(kOutcomes, message_key(message.feed, sequence), TRY(seal(receipt.id, encode(outcome))));
    overlay.outcomes[receipt.id.to_string()] = std::move(outcome);
  } else {
    overlay.outcomes[receipt.id.to_string()] = Outcome();
  }
  if (is_listed(state)) overlay.batch.put(kEntries, with_sequence(state_prefix(message.feed, state), sequence), {});
  count(feed.counts, state, 1);
  if (message.replaces != 0) {
    Outcome replaced;
    replaced.state = MessageState::replaced;
    replaced.at = receipt.arrived;
    replaced.replaced_by = sequence;
    TRY(prepare_mark({message.feed, message.replaces}, replaced, view, overlay));
  }
  return {};
}

Result<> InboxWriter::write_pieces(const std::string& feed, std::uint64_t sequence, std::string_view sealed,
                                   Overlay& overlay) {
  const bool is_large = sealed.size() > kPieceBytes;
  std::uint32_t piece = 0;
  for (std::size_t at = 0; at < sealed.size(); at += kPieceBytes, ++piece) {
    const std::string_view bytes = sealed.substr(at, kPieceBytes);
    if (!is_large) {
      overlay.batch.put(kContents, content_key(feed, sequence, piece), bytes);
      continue;
    }
    kv::Batch batch;
    batch.put(kContents, content_key(feed, sequence, piece), bytes);
    TRY(kv_.commit(batch, kv::Durability::written));
  }
  return {};
}

Result<> InboxWriter::prepare_mark(const MessageId& id, const Outcome& outcome, const kv::View& view,
                                   Overlay& overlay) {
  const std::string key = message_key(id.feed, id.sequence);
  MessageState before = MessageState::received;
  if (const auto changed = overlay.outcomes.find(id.to_string()); changed != overlay.outcomes.end()) {
    before = changed->second.state;
  } else if (const std::optional<std::string> stored = TRY(view.get(kOutcomes, key))) {
    store::Sealer& sealer = options_.sealer != nullptr ? *options_.sealer : store::null_sealer();
    before = TRY(decode_outcome(TRY(sealer.open(options_.tenant, home_of(id), *stored)))).state;
  }
  Outcome now = outcome;
  if (now.at == Instant()) now.at = clock_.now();
  Feed& feed = feed_of(id.feed, overlay);
  if (before != now.state) {
    if (is_listed(before)) overlay.batch.erase(kEntries, with_sequence(state_prefix(id.feed, before), id.sequence));
    if (is_listed(now.state)) {
      overlay.batch.put(kEntries, with_sequence(state_prefix(id.feed, now.state), id.sequence), {});
    }
    count(feed.counts, before, -1);
    count(feed.counts, now.state, 1);
  }
  overlay.batch.put(kOutcomes, key, TRY(seal(id, encode(now))));
  overlay.outcomes[id.to_string()] = std::move(now);
  return {};
}

FeedCounts InboxWriter::counts(const std::string& feed) const {
  const std::lock_guard lock(mutex_);
  const auto at = feeds_.find(feed);
  return at == feeds_.end() ? FeedCounts() : at->second.counts;
}

std::vector<std::string> InboxWriter::feeds() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  names.reserve(feeds_.size());
  for (const auto& [name, feed] : feeds_) names.push_back(name);
  return names;
}

}  // namespace meridian::ingest::internal
