// DeviceServer: listens for devices and analysers by TCP, has a protocol take their bytes apart, and tells each sender
// whether its message is safe.
//
// A connection's messages come one after another: the next is not read before the handler has said whether this one is
// safe, so memory is bounded by one message a connection. A protocol that says its peer is to be cut, a peer that is
// silent within a message or does not read what it is told, is cut. Answers may be given from any thread; a responder
// that is dropped says that the message is not safe.
// Lifetime: Io outlives the server. drain() then destruction; destruction alone cuts. Errors: invalid_argument
// (options, certificates), io_failure (address in use).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "net/tls.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::connect {

struct DeviceServerOptions {
  std::string name = "device";     ///< of the feed: for the log
  std::string host = "127.0.0.1";  ///< an address, not a name
  std::uint16_t port = 0;          ///< 0: any free one
  bool tls = false;
  net::TlsServerOptions certificates;
  std::uint32_t connections = 2'000;
  std::uint32_t connections_per_address = 500;
  std::int64_t handshake_ms = 10'000;
  std::int64_t idle_ms = 3'600'000;  ///< between messages
  std::int64_t stall_ms = 30'000;    ///< without a byte within a message, or without one of an answer taken
};

struct DevicePeer {
  std::string address;
  std::uint16_t port = 0;
  std::string certificate_subject;
  std::string certificate_sha256;  ///< lower-case hexadecimal
  std::string key;                 ///< what the handler noted of it; its own, between two answers
};

/// What a protocol finds in the bytes.
struct DeviceEvent {
  std::string reply;                   ///< to be sent at once
  std::optional<std::string> message;  ///< to be handed on
  bool is_cut = false;                 ///< of the message: only its beginning
  bool ends = false;                   ///< the peer is to be sent away, after the reply
};

/// Of one connection; on its loop alone.
class DeviceProtocol {
 public:
  virtual ~DeviceProtocol() = default;
  /// Takes bytes from the front until there is something to say, or none are left.
  virtual DeviceEvent take(std::string_view& bytes) = 0;
  /// What the sender of the last message is told.
  virtual std::string settle(bool is_safe) = 0;
  virtual bool is_idle() const = 0;
};
using MakeProtocol = Callback<std::unique_ptr<DeviceProtocol>()>;

/// A line a message; empty lines mean nothing. Safe: `ok`; not safe, to be sent again: `again`; too long: `no`, and the
/// beginning is handed on.
std::unique_ptr<DeviceProtocol> line_protocol(std::size_t longest, bool has_answers);

/// The promise to say whether a message is safe. Moves; from any thread.
class DeviceResponder {
 public:
  struct Target;
  DeviceResponder() = default;
  explicit DeviceResponder(std::shared_ptr<Target> target);
  DeviceResponder(DeviceResponder&&) noexcept;
  DeviceResponder& operator=(DeviceResponder&& other) noexcept;
  ~DeviceResponder();
  void answer(bool is_safe) &&;

 private:
  std::shared_ptr<Target> target_;
};

/// Called on a loop's thread, for several connections at once; must be quick.
using DeviceHandler = Callback<void(std::string message, bool is_cut, DevicePeer&, DeviceResponder)>;

struct DeviceServerCounts {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t open = 0;
  std::uint64_t cut = 0;
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;
  std::uint64_t answers = 0;
};

class DeviceServer {
 public:
  static Result<DeviceServer> start(DeviceServerOptions options, net::Io& io, MakeProtocol protocol,
                                    DeviceHandler handler);
  DeviceServer(DeviceServer&&) noexcept;
  DeviceServer& operator=(DeviceServer&&) noexcept;
  ~DeviceServer();

  std::uint16_t port() const;
  DeviceServerCounts counts() const;
  /// While paused no connection reads; what was read is answered.
  void pause();
  void resume();
  /// Stops accepting and reading, lets what was read be answered, cuts what is left after `milliseconds`. True when
  /// nothing had to be cut.
  bool drain(std::int64_t milliseconds);

 private:
  struct State;
  explicit DeviceServer(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace meridian::connect
