// InboxWriter: the one thread that writes into the inbox, many messages with one sync.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "ingest/inbox.hpp"
#include "ingest/internal/inbox_layout.hpp"

namespace meridian::ingest::internal {

class InboxWriter {
 public:
  InboxWriter(kv::Kv& kv, const InboxOptions& options, const Clock& clock, std::string salt);
  ~InboxWriter();
  InboxWriter(const InboxWriter&) = delete;
  InboxWriter& operator=(const InboxWriter&) = delete;

  Result<> load();
  void put(NewMessage message, Callback<void(Result<Receipt>)> done);
  void mark(const MessageId& id, Outcome outcome, bool is_safe, Callback<void(Result<>)> done);
  FeedCounts counts(const std::string& feed) const;
  std::vector<std::string> feeds() const;

 private:
  struct Operation {
    NewMessage message;
    std::string content_hash;
    Callback<void(Result<Receipt>)> received;  // of a put
    MessageId id;
    Outcome outcome;
    Callback<void(Result<>)> marked;
    bool is_put = false;
    bool is_safe = false;
    std::uint64_t bytes = 0;
    Receipt receipt;
  };
  struct Feed {
    FeedCounts counts;
    Instant last_arrival;
  };
  /// What a batch has changed and nobody can read yet.
  struct Overlay {
    kv::Batch batch;
    std::map<std::string, std::string> controls;
    std::map<std::string, Outcome> outcomes;
    std::map<std::string, Feed> feeds;
    bool must_sync = false;
  };

  void enqueue(Operation operation);
  void run();
  std::vector<Operation> take();
  void write(std::vector<Operation>& operations);
  Result<> prepare(Operation& operation, const kv::View& view, Overlay& overlay);
  Result<> prepare_put(Operation& operation, const kv::View& view, Overlay& overlay);
  Result<> prepare_mark(const MessageId& id, const Outcome& outcome, const kv::View& view, Overlay& overlay);
  Result<> write_pieces(const std::string& feed, std::uint64_t sequence, std::string_view sealed, Overlay& overlay);
  Feed& feed_of(const std::string& name, Overlay& overlay);
  Result<std::string> seal(const MessageId& id, std::string_view plain) const;

  kv::Kv& kv_;
  const InboxOptions& options_;
  const Clock& clock_;
  const std::string salt_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Operation> queue_;
  std::uint64_t queued_bytes_ = 0;
  std::map<std::string, Feed> feeds_;
  bool is_closing_ = false;
  std::thread thread_;
};

/// "inbox/lab/17": what the Sealer keeps a key for.
std::string home_of(const MessageId& id);

}  // namespace meridian::ingest::internal
