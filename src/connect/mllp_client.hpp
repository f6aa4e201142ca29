// MllpClient: sends messages to one MLLP peer, one after another, and tells of each what was answered.
//
//   auto client = TRY(MllpClient::create(options, io));
//   client->send(message, [](Result<std::string> answer) { … });       // on a loop's thread: be quick
//
// A message is sent when the one before has been answered, as original mode wants it. The connection is made when there
// is something to send, kept, and made again after a pause that grows, with chance in it, so that a thousand senders do
// not come back at once. Any thread. Lifetime: Io outlives the client; what still waits when the client goes is told
// `cancelled`.
// Errors of a message: timeout (no answer in time), io_failure (no connection, or it broke before the answer: whether
// the peer has the message is not known, send the same again), unauthenticated (its certificate), busy (the queue is
// full), invalid_argument (bytes that cannot be framed), cancelled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "connect/mllp_frame.hpp"
#include "net/tls.hpp"

namespace meridian {
class Random;
}
namespace meridian::net {
class Io;
}

namespace meridian::connect {

struct MllpClientOptions {
  std::string host;
  std::uint16_t port = 0;
  bool tls = false;
  net::TlsClientOptions certificates;
  MllpLimits frame;

  std::uint32_t attempts = 1;         ///< how often one message is tried before its error is told
  std::int64_t connect_ms = 10'000;   ///< for the name, the connection and TLS, each
  std::int64_t answer_ms = 30'000;    ///< from the last byte sent to the answer's last
  std::int64_t send_ms = 30'000;      ///< for a message's bytes to be taken
  std::int64_t retry_first_ms = 500;  ///< before the connection is tried again; doubled each time
  std::int64_t retry_most_ms = 60'000;
  std::uint64_t queued_bytes = 64 << 20;  ///< of messages that wait; more are refused as busy
};

class MllpClient {
 public:
  using Answered = Callback<void(Result<std::string>)>;

  static Result<std::unique_ptr<MllpClient>> create(MllpClientOptions options, net::Io& io, Random* random = nullptr);
  ~MllpClient();
  MllpClient(const MllpClient&) = delete;
  MllpClient& operator=(const MllpClient&) = delete;

  void send(std::string content, Answered answered);
  /// The same, waiting; not for loop threads.
  Result<std::string> send(std::string content);

  std::uint64_t connections_made() const;

 private:
  struct State;
  explicit MllpClient(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace meridian::connect
