// Server: listens, reads requests, lets the Router's handlers answer them, and never trusts the other end.
//
// HTTP/1.1 and 1.0, keep-alive and pipelining with responses in order, TLS, WebSocket. Framing is read strictly by
// RFC 9112: what could be read in two ways is refused and the connection closed (http/internal/head_parser.hpp).
// Threads: sockets live on the loops of net::Io, handlers on the Executor; no thread waits for a socket.
// Lifetime: Io outlives the Executor, which outlives the Server. drain() then destruction; destruction alone cuts.
//
//   Server server = TRY(Server::start(options, std::move(router), {&io, &executor}));
//   log(server.url());
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "http/router.hpp"
#include "http/server_options.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::http {

class Executor;

/// What the access log is told of each request. No path, no query, no field: they may hold patient data.
struct AccessEntry {
  std::string_view method;  ///< "-" when the request could not be read
  std::string_view route;   ///< the pattern; "-" when none matched
  int status = 0;
  std::uint64_t received_bytes = 0;  ///< of the body
  std::uint64_t sent_bytes = 0;      ///< of the body, as sent
  std::int64_t microseconds = 0;     ///< from the first byte of the request to the last of the response
  std::string_view peer_address;
  std::string_view trace_id;
  std::string_view fault;  ///< why a request was refused before a handler saw it: "header-too-large"; or empty
};

struct ServerCounts {
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;
  std::uint64_t connections_open = 0;
  std::uint64_t requests = 0;
  std::uint64_t requests_malformed = 0;
  std::uint64_t requests_over_quota = 0;
  std::uint64_t timeouts = 0;
};

struct Services {
  net::Io* io = nullptr;
  Executor* executor = nullptr;
  /// Called on the loop's thread after each response; must be quick and safe for several threads at once.
  Callback<void(const AccessEntry&)> access_log;
};

class Server {
 public:
  /// Errors: io_failure (address in use, no permission), invalid_argument (options, certificates).
  static Result<Server> start(ServerOptions options, Router router, Services services);
  Server(Server&&) noexcept;
  Server& operator=(Server&&) noexcept;
  ~Server();

  /// Of the first TCP listener, chosen by the system when 0 was asked for; 0 with Unix sockets only.
  std::uint16_t port() const;
  /// "http://127.0.0.1:8080", or "unix:/path/of/socket:"; with a path behind it, it is a URL for Client.
  std::string url() const;
  ServerCounts counts() const;

  /// Reads the certificate files again; connections made from now on use them. On error the old ones stay.
  Result<> reload_certificates();

  /// Stops accepting, lets requests in flight finish (answered with Connection: close), cuts what is left after
  /// `milliseconds`. Waits for that on the calling thread. True when nothing had to be cut.
  bool drain(std::int64_t milliseconds);

 private:
  struct State;
  explicit Server(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

}  // namespace meridian::http
