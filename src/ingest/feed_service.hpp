// FeedService: one declared feed at work: messages come by its connector (connector.hpp), are safe in the inbox by its
// intake (intake.hpp), and go down the pipeline (pipeline.hpp).
//
// Any thread. Lifetime: as the Pipeline's; drain() or the destructor ends it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "connect/mllp_server.hpp"
#include "ingest/feed.hpp"
#include "ingest/pipeline.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::ingest {

class Intake;

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
  /// Takes what lies ready for its connector; waits for the inbox. One thread. Errors: io_failure; what could not be
  /// taken is taken at the next look.
  Result<> look();
  ~FeedService();
  FeedService(const FeedService&) = delete;
  FeedService& operator=(const FeedService&) = delete;

  const Feed& feed() const;
  std::string fault() const;   ///< why nothing comes; empty when all is well
  std::uint16_t port() const;  ///< 0 when it does not listen
  Pipeline& pipeline();
  Inbox& inbox();
  Intake& intake();  ///< for whoever brings messages by another way
  FeedStatistics statistics() const;
  /// While paused nothing is read from senders, and nothing delivered; what was read goes on.
  void pause();
  bool is_paused() const;
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
