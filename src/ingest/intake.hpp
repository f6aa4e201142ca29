// Intake: the way of a feed's messages, however they came, into its inbox and on to its pipeline.
//
// What nobody can read is kept too: a dead letter from the beginning. What comes again changes nothing. Any thread.
// Lifetime: services and pipeline outlive it; the destructor waits for what is on its way to the inbox.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "ingest/inbox.hpp"
#include "ingest/pipeline.hpp"

namespace meridian::ingest {

struct Feed;

/// What is known of a message between its last byte and the word that it is safe.
struct Arrival {
  MessageHeader header;
  bool is_readable = false;
  std::int64_t began = 0;  ///< steady nanoseconds
};

/// Why what came is a dead letter from the beginning, whatever it says.
struct Refusal {
  std::string code;
  std::string text;
  std::string suggestion = "ask the sender what this is";
};
/// Only the beginning came of what was too large.
Refusal too_large();

class Intake {
 public:
  /// Told once a message is safe, or cannot be made so; quick.
  using Told = Callback<void(const Arrival&, const Result<Receipt>&)>;

  Intake(const Feed& feed, const PipelineServices& services, Pipeline& pipeline);
  ~Intake();
  Intake(const Intake&) = delete;
  Intake& operator=(const Intake&) = delete;

  void take(std::string content, std::string source, std::optional<Refusal> refusal, Told told);

  // Many, one after another, as from a file.
  /// Waits while too many are on their way.
  void take(std::string content, std::string source);
  /// Waits until all of those are safe; the first that could not be made so, since it was last asked.
  Result<> settle();

  /// Keeps the beginning of something that cannot be taken apart, and why, as a dead letter.
  Result<> refuse(std::string beginning, std::string source, const Error& why, std::string suggestion);

  /// Waits until the inbox has answered for everything.
  void finish();

  std::uint64_t duplicates() const { return duplicates_; }
  std::uint64_t reused_control_ids() const { return reused_; }
  std::uint64_t unreadable() const { return unreadable_; }

  const Feed& feed() const { return feed_; }
  Pipeline& pipeline() const { return pipeline_; }
  const PipelineServices& services() const { return services_; }

 private:
  NewMessage to_be_filed(MessageHeader header, std::string source, std::string content, std::optional<Refusal> refusal);
  void count(const Receipt& receipt);
  void offer(Message message, const Receipt& receipt);

  const Feed& feed_;
  const PipelineServices& services_;
  Pipeline& pipeline_;
  std::atomic<std::uint64_t> duplicates_ = 0;
  std::atomic<std::uint64_t> reused_ = 0;
  std::atomic<std::uint64_t> unreadable_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0;
  std::size_t filing_ = 0;  // of many
  std::optional<Error> fault_;
};

}  // namespace meridian::ingest
