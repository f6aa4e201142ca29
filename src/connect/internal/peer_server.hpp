// PeerServer: what servers of all protocols here do alike: listen, know who is connected, end kindly or not.
//
// Core is what the connections of one server share: options, io, tls, `connections`, `refused`, `is_draining`,
// `is_cutting`. Connection has drain() and cut(). Any thread; the destructor waits until the last connection has gone.
#pragma once

#include <climits>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/log.hpp"
#include "net/connections.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"
#include "net/tls_stream.hpp"

namespace meridian::connect::internal {

template <typename Core, typename Connection>
class PeerServer {
 public:
  explicit PeerServer(std::shared_ptr<Core> shared) : core(std::move(shared)) { core->connections->live_on(core->io); }
  ~PeerServer() {
    listener_.reset();
    cut();
    core->connections->wait_until_empty(INT32_MAX);
  }
  PeerServer(const PeerServer&) = delete;
  PeerServer& operator=(const PeerServer&) = delete;

  /// `take` is given each socket that is accepted.
  template <typename Take>
  Result<> listen(Take take) {
    if (core->options.tls) core->tls = TRY(net::TlsServer::create(core->options.certificates));
    listener_ = TRY(net::Listener::tcp(core->io.next(), core->options.host, core->options.port));
    listener_->start([shared = core, take](net::Accepted accepted) { take(shared, std::move(accepted)); });
    return {};
  }
  std::uint16_t port() const { return listener_->port(); }

  Result<> reload_certificates() {
    if (!core->tls) return fail(ErrorCode::invalid_argument, "the server has no TLS");
    return core->tls->reload();
  }

  template <typename What>
  void with_connections(What what) {
    net::Connections<Connection>::for_each(core->connections, what);
  }

  /// True when nobody had to be cut.
  bool drain(std::int64_t milliseconds) {
    core->is_draining = true;
    listener_->stop();
    with_connections([](Connection& connection) { connection.drain(); });
    if (core->connections->wait_until_empty(milliseconds)) return true;
    cut();
    core->connections->wait_until_empty(INT32_MAX);
    return false;
  }

  const std::shared_ptr<Core> core;

 private:
  void cut() {
    core->is_cutting = true;
    with_connections([](Connection& connection) { connection.cut(); });
  }

  std::optional<net::Listener> listener_;
};

/// Takes a connection from the accepted socket to its end: handshake, what `talk` makes of it, bookkeeping. `refusal`
/// and `label` are for the log: whose TLS failed.
template <typename Core, typename Talk>
net::Task<void> serve_peer(std::shared_ptr<Core> core, std::unique_ptr<net::Stream> stream, const char* refusal,
                           const char* label, Talk talk) {
  const std::string address = stream->peer().address;
  if (core->tls) {
    const Deadline deadline = Deadline::after_milliseconds(core->options.handshake_ms);
    Result<std::unique_ptr<net::Stream>> secured =
        co_await net::accept_tls(std::move(stream), core->tls->context(), deadline);
    if (secured) {
      stream = *std::move(secured);
    } else {
      stream = nullptr;
      ++core->refused;
      log_warning(refusal, {{label, core->options.name}, {"reason", secured.error().message()}});
    }
  }
  if (stream && !core->is_cutting && !core->is_draining) co_await talk(*stream);
  stream.reset();
  core->connections->leave(address);
}

}  // namespace meridian::connect::internal
