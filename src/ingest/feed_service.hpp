// FeedService: one declared feed at work: messages come in by MLLP, are safe in the inbox, are acknowledged, and go
// down the pipeline.
//
// Original mode: AA once the message is safe, or, when the feed says so, once it is in the store (AE with an ERR for
// why not). Enhanced mode (MSH-15, MSH-16): CA once it is safe, and the application's AA or AE when it has ended, as a
// message of its own on the same connection. AR for what cannot be read or is too large: it is kept as a dead letter.
// When the inbox cannot take it the connection is cut, so that the sender keeps it and sends it again. A message that
// comes again is answered as the first was and changes nothing.
// Any thread. Lifetime: as the Pipeline's; drain() or the destructor ends it.
// Specification: HL7 v2.5.1 chapter 2.9.2 (original mode), 2.9.3 (enhanced mode).
#pragma once

#include <cstdint>
#include <memory>

#include "base/result.hpp"
#include "connect/mllp_server.hpp"
#include "ingest/feed.hpp"
#include "ingest/pipeline.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::ingest {

struct FeedStatistics {
  PipelineStatistics pipeline;
  connect::MllpServerCounts connector;
  FeedCounts inbox;
  std::uint64_t duplicates = 0;
  std::uint64_t reused_control_ids = 0;
  std::uint64_t unreadable = 0;
  bool is_paused = false;
};

class FeedService {
 public:
  /// Works on what is in the inbox; an outbound feed delivers once it is resumed.
  static Result<std::unique_ptr<FeedService>> start(Feed feed, const PipelineServices& services);
  /// And takes more. Errors: io_failure (address in use), invalid_argument (certificates).
  Result<> listen(net::Io& io);
  /// Takes what lies ready in its folder; waits for the inbox. One thread. Errors: io_failure; what could not be taken
  /// is taken at the next look.
  Result<> look();
  ~FeedService();
  FeedService(const FeedService&) = delete;
  FeedService& operator=(const FeedService&) = delete;

  const Feed& feed() const;
  std::uint16_t port() const;  ///< 0 when it does not listen
  Pipeline& pipeline();
  Inbox& inbox();
  FeedStatistics statistics() const;
  /// While paused nothing is read from senders, and nothing delivered; what was read goes on.
  void pause();
  void resume();
  /// Stops reading, answers what was read; true when nothing had to be cut.
  bool drain(std::int64_t milliseconds);
  /// Forgets what is older than the feed keeps.
  Result<std::uint64_t> forget_old();

 private:
  struct State;
  explicit FeedService(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace meridian::ingest
