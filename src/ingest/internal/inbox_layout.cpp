#include "ingest/internal/inbox_layout.hpp"

#include "base/bytes.hpp"
#include "base/hash.hpp"

namespace meridian::ingest::internal {
namespace {

constexpr char kVersion = 1;

template <typename T>
std::string big(T value) {
  std::string bytes(sizeof value, '\0');
  store_big(bytes.data(), value);
  return bytes;
}

std::string hash_of(std::string_view salt, std::string_view text) {
  Sha256 hash;
  hash.update(salt);
  hash.update(text);
  const Sha256Digest digest = hash.finish();
  return {reinterpret_cast<const char*>(digest.data()), 8};
}

class Writer {
 public:
  template <typename T>
  void number(T value) {
    char bytes[sizeof value];
    store_little(bytes, value);
    out_.append(bytes, sizeof value);
  }
  void text(std::string_view value) {
    number(static_cast<std::uint32_t>(value.size()));
    out_ += value;
  }
  void byte(std::uint8_t value) { out_ += static_cast<char>(value); }
  void time(Instant value) { number(static_cast<std::uint64_t>(value.microseconds())); }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

/// Reads what Writer wrote; past the end zeros and empty texts, and is_broken().
class Reader {
 public:
  explicit Reader(std::string_view in) : in_(in) {}
  template <typename T>
  T number() {
    if (in_.size() < sizeof(T)) return broken<T>();
    const T value = load_little<T>(in_.data());
    in_.remove_prefix(sizeof(T));
    return value;
  }
  std::string text() {
    const auto size = number<std::uint32_t>();
    if (size > in_.size()) return broken<std::string>();
    std::string value(in_.substr(0, size));
    in_.remove_prefix(size);
    return value;
  }
  std::uint8_t byte() { return number<std::uint8_t>(); }
  Instant time() { return Instant::from_microseconds(static_cast<std::int64_t>(number<std::uint64_t>())); }
  bool is_broken() const { return is_broken_; }

 private:
  template <typename T>
  T broken() {
    is_broken_ = true;
    in_ = {};
    return T{};
  }
  std::string_view in_;
  bool is_broken_ = false;
};

}  // namespace

std::string feed_prefix(std::string_view feed) {
  return std::string(feed) + '\0';
}
std::string with_sequence(std::string prefix, std::uint64_t sequence) {
  return std::move(prefix) + big(sequence);
}
std::string message_key(std::string_view feed, std::uint64_t sequence) {
  return with_sequence(feed_prefix(feed), sequence);
}
std::string content_key(std::string_view feed, std::uint64_t sequence, std::uint32_t piece) {
  return message_key(feed, sequence) + big(piece);
}
std::string control_entry(std::string_view feed, std::string_view salt, std::string_view control_id) {
  return 'c' + feed_prefix(feed) + hash_of(salt, control_id);
}
std::string order_prefix(std::string_view feed, std::string_view salt, std::string_view order_key) {
  return 'k' + feed_prefix(feed) + hash_of(salt, order_key);
}
std::string state_prefix(std::string_view feed, MessageState state) {
  return 's' + feed_prefix(feed) + static_cast<char>(state);
}
std::string type_prefix(std::string_view feed, std::string_view type) {
  return 't' + feed_prefix(feed) + std::string(type) + '\0';
}
std::uint64_t control_sequence(std::string_view value, std::size_t at) {
  return load_little<std::uint64_t>(value.data() + at + kContentHashBytes);
}
std::string without_sequence(std::string_view value, std::uint64_t sequence) {
  constexpr std::size_t kEntry = kContentHashBytes + 8;
  std::string rest;
  for (std::size_t at = 0; at + kEntry <= value.size(); at += kEntry) {
    if (control_sequence(value, at) != sequence) rest += value.substr(at, kEntry);
  }
  return rest;
}
std::uint64_t sequence_of(std::string_view key) {
  return load_big<std::uint64_t>(key.data() + key.size() - 8);
}

std::string encode(const Head& head) {
  Writer out;
  const InboxEntry& entry = head.entry;
  out.byte(kVersion);
  out.time(entry.arrived);
  out.number(entry.bytes);
  out.number(head.pieces);
  out.number(head.checksum);
  out.number(entry.replaces);
  out.byte(entry.reuses_control_id ? 1 : 0);
  out.byte(entry.header.is_readable ? 1 : 0);
  out.text(entry.header.type);
  out.text(entry.header.control_id);
  out.byte(static_cast<std::uint8_t>(entry.header.accept));
  out.byte(static_cast<std::uint8_t>(entry.header.application));
  out.text(entry.source);
  out.number(static_cast<std::uint32_t>(entry.header.order_keys.size()));
  for (const std::string& key : entry.header.order_keys) out.text(key);
  return out.take();
}

Result<Head> decode_head(std::string_view bytes) {
  Reader in(bytes);
  Head head;
  InboxEntry& entry = head.entry;
  if (in.byte() != kVersion) return fail(ErrorCode::unsupported, "a later release wrote the inbox");
  entry.arrived = in.time();
  entry.bytes = in.number<std::uint64_t>();
  head.pieces = in.number<std::uint32_t>();
  head.checksum = in.number<std::uint32_t>();
  entry.replaces = in.number<std::uint64_t>();
  entry.reuses_control_id = in.byte() != 0;
  entry.header.is_readable = in.byte() != 0;
  entry.header.type = in.text();
  entry.header.control_id = in.text();
  entry.header.accept = static_cast<AcceptWhen>(in.byte());
  entry.header.application = static_cast<AcceptWhen>(in.byte());
  entry.source = in.text();
  const auto keys = in.number<std::uint32_t>();
  for (std::uint32_t i = 0; i < keys && !in.is_broken(); ++i) entry.header.order_keys.push_back(in.text());
  if (in.is_broken()) return fail(ErrorCode::io_failure, "the head of a message in the inbox is not whole");
  return head;
}

std::string encode(const Outcome& outcome) {
  Writer out;
  out.byte(kVersion);
  out.byte(static_cast<std::uint8_t>(outcome.state));
  out.number(outcome.epoch);
  out.time(outcome.at);
  out.number(outcome.commit);
  out.byte(static_cast<std::uint8_t>(outcome.stage));
  out.byte(outcome.holds_keys ? 1 : 0);
  out.number(outcome.replaced_by);
  for (const std::string* text : {&outcome.code, &outcome.path, &outcome.text, &outcome.suggestion}) out.text(*text);
  return out.take();
}

Result<Outcome> decode_outcome(std::string_view bytes) {
  Reader in(bytes);
  Outcome outcome;
  if (in.byte() != kVersion) return fail(ErrorCode::unsupported, "a later release wrote the inbox");
  outcome.state = static_cast<MessageState>(in.byte());
  outcome.epoch = in.number<std::uint32_t>();
  outcome.at = in.time();
  outcome.commit = in.number<std::uint64_t>();
  outcome.stage = static_cast<Stage>(in.byte());
  outcome.holds_keys = in.byte() != 0;
  outcome.replaced_by = in.number<std::uint64_t>();
  for (std::string* text : {&outcome.code, &outcome.path, &outcome.text, &outcome.suggestion}) *text = in.text();
  if (in.is_broken()) return fail(ErrorCode::io_failure, "the outcome of a message in the inbox is not whole");
  return outcome;
}

}  // namespace meridian::ingest::internal
