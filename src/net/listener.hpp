// Listener: takes connections on a TCP address or a Unix socket and hands over their descriptors.
//
// The one who accepts decides on which Loop each connection lives: make_stream() there.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/stream.hpp"

namespace meridian::net {

/// A connected socket that belongs to nobody yet. Closes itself.
class Socket {
 public:
  Socket() = default;
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  Socket(Socket&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Socket& operator=(Socket&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  ~Socket();
  int get() const { return descriptor_; }
  int release() { return std::exchange(descriptor_, -1); }

 private:
  int descriptor_ = -1;
};

struct Accepted {
  Socket socket;
  PeerAddress peer;
};

class Listener {
 public:
  /// `host` is an address, "127.0.0.1" or "::"; port 0 lets the system choose. Errors: io_failure, invalid_argument.
  static Result<Listener> tcp(Loop& loop, const std::string& host, std::uint16_t port);
  /// Replaces a socket file that nobody listens on; refuses when somebody does. The file is removed at the end.
  static Result<Listener> unix_socket(Loop& loop, const std::string& path);
  Listener(Listener&&) noexcept;
  Listener& operator=(Listener&&) noexcept;
  ~Listener();

  std::uint16_t port() const;
  /// Calls back on the loop's thread for each connection until stopped.
  void start(Callback<void(Accepted)> on_accept);
  /// Stops accepting and closes; from any thread. No callback runs after it has returned.
  void stop();

 private:
  struct State;
  explicit Listener(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// A plain stream over a connected socket; on the loop's thread.
std::unique_ptr<Stream> make_stream(Loop& loop, Accepted accepted);

/// A pair of connected plain streams, for tests.
struct SocketPair {
  Accepted first;
  Accepted second;
};
Result<SocketPair> make_socket_pair();

}  // namespace meridian::net
