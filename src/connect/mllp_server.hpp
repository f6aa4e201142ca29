// MllpServer: listens for MLLP peers, hands each message on, and answers each exactly once and in order.
//
//   MllpServer server = TRY(MllpServer::start(options, io, [&](MllpMessage message, MllpResponder responder) {
//     inbox.put(std::move(message), std::move(responder));        // quick: this is a loop's thread
//   }));
//
// A connection's messages come one after another in the order they were sent; a peer may send the next before the
// answer, and answers go out in the order of the messages whenever they are given, from any thread. Reading stops while
// what is unanswered or unwritten passes a connection's budget, or that of all; so a sender is slowed, and memory is
// bounded by bytes. A peer that stays silent within a frame, sends nothing but garbage, or does not read its answers is
// cut; so is one whose message the handler drops unanswered, for then the peer may send it again.
// Lifetime: Io outlives the server. drain() then destruction; destruction alone cuts. Errors: invalid_argument
// (options, certificates), io_failure (address in use).
// Specification: connect/mllp_frame.hpp; TLS as ATNA's node authentication asks for it,
// https://profiles.ihe.net/ITI/TF/Volume2/ITI-19.html
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/callback.hpp"
#include "base/instant.hpp"
#include "connect/mllp_frame.hpp"
#include "net/tls.hpp"

namespace meridian {
class Clock;
}
namespace meridian::net {
class Io;
}

namespace meridian::connect {

struct MllpServerOptions {
  std::string name = "mllp";       ///< of the feed: the label of its metrics
  std::string host = "127.0.0.1";  ///< an address, not a name
  std::uint16_t port = 0;          ///< 0: any free one
  bool tls = false;
  net::TlsServerOptions certificates;

  MllpLimits frame;
  std::uint32_t connections = 10'000;
  std::uint32_t connections_per_address = 1'000;
  std::uint32_t unanswered_messages = 16;          ///< of a connection; the next is not read before
  std::uint64_t unanswered_bytes = 4 << 20;        ///< of a connection, with the answers not yet written
  std::uint64_t all_unanswered_bytes = 256 << 20;  ///< of all connections
  std::uint64_t garbage_bytes = 64 * 1024;         ///< between two frames; then the peer is cut

  std::int64_t handshake_ms = 10'000;
  std::int64_t idle_ms = 0;          ///< between frames; 0: for ever, since feeds keep their connections
  std::int64_t stall_ms = 30'000;    ///< without a byte within a frame, or without one of an answer taken
  std::int64_t frame_ms = 600'000;   ///< from a frame's first byte to its last
  std::int64_t pause_ms = 1'000;     ///< after an end without CR; then it is one
  std::int64_t answer_ms = 300'000;  ///< for answers that are still to come when the peer has finished sending
};

struct MllpPeer {
  std::string address;
  std::uint16_t port = 0;
  bool is_encrypted = false;
  std::string certificate_subject;  ///< RFC 2253; empty when the peer showed none
  std::string certificate_sha256;   ///< lower-case hexadecimal
  std::uint64_t connection = 0;     ///< its number in this server, from 1
};

/// A connection as others may hold on to it, also after it has ended.
class MllpLine {
 public:
  virtual ~MllpLine() = default;
  virtual const MllpPeer& peer() const = 0;
  /// Sends a message that answers none in particular: an application acknowledgement of enhanced mode. From any
  /// thread; false when the connection has ended, the peer does not read, or the bytes cannot be framed.
  virtual bool send(std::string content) = 0;
};

struct MllpMessage {
  MllpFrame frame;
  Instant received;            ///< when its last byte had come
  std::uint64_t sequence = 0;  ///< of the connection: 1, 2, 3 …
};

/// The promise of one answer. Moves; from any thread. Destroyed unused: the connection is cut.
class MllpResponder {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void answer(std::uint64_t sequence, std::string content) = 0;
    virtual void skip(std::uint64_t sequence) = 0;
    virtual void give_up(std::uint64_t sequence) = 0;
    virtual std::shared_ptr<MllpLine> line() = 0;
  };

  MllpResponder() = default;
  MllpResponder(std::shared_ptr<Target> target, std::uint64_t sequence)
      : target_(std::move(target)), sequence_(sequence) {}
  MllpResponder(MllpResponder&&) noexcept = default;
  MllpResponder& operator=(MllpResponder&& other) noexcept;
  ~MllpResponder();

  void answer(std::string content) &&;
  /// The sender wants no answer (MSH-15 is NE).
  void skip() &&;
  std::shared_ptr<MllpLine> line() const { return target_ ? target_->line() : nullptr; }
  explicit operator bool() const { return target_ != nullptr; }

 private:
  std::shared_ptr<Target> target_;
  std::uint64_t sequence_ = 0;
};

/// Called on a loop's thread, for several connections at once; must be quick.
using MllpHandler = Callback<void(MllpMessage, MllpResponder)>;

struct MllpServerCounts {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  ///< one too many, or no TLS handshake
  std::uint64_t connections_open = 0;
  std::uint64_t connections_cut = 0;  ///< slow, silent, garbage, or a message that nobody answered
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;  ///< of messages
  std::uint64_t answers = 0;
  std::uint64_t unanswered_bytes = 0;  ///< now
  std::uint64_t pauses = 0;            ///< how often reading stopped for want of budget
  std::array<std::uint64_t, kMllpFaults> faults{};
};

class MllpServer {
 public:
  static Result<MllpServer> start(MllpServerOptions options, net::Io& io, MllpHandler handler,
                                  const Clock* clock = nullptr);
  MllpServer(MllpServer&&) noexcept;
  MllpServer& operator=(MllpServer&&) noexcept;
  ~MllpServer();

  std::uint16_t port() const;
  MllpServerCounts counts() const;
  /// Reads the certificate files again; connections made from now on use them. On error the old ones stay.
  Result<> reload_certificates();

  /// While paused no connection reads; what was read is answered. For a feed that is held.
  void pause();
  void resume();

  /// Stops accepting and reading, lets what was read be answered, cuts what is left after `milliseconds`. Waits for
  /// that on the calling thread. True when nothing had to be cut.
  bool drain(std::int64_t milliseconds);

 private:
  struct State;
  explicit MllpServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace meridian::connect
