#include "http/server.hpp"

#include <algorithm>
#include <future>

#include "http/executor.hpp"
#include "http/internal/connection.hpp"
#include "http/internal/server_core.hpp"
#include "net/io.hpp"
#include "net/listener.hpp"

namespace meridian::http {

using internal::Connection;
using internal::ServerCore;

struct Server::State {
  std::shared_ptr<ServerCore> core = std::make_shared<ServerCore>();
  std::vector<net::Listener> listeners;
  std::uint16_t port = 0;
  std::string url;

  ~State() {
    listeners.clear();
    cut();
    core->connections->wait_until_empty(INT32_MAX);
  }

  template <typename What>
  void with_connections(What what) {
    net::Connections<Connection>::for_each(core->connections, what);
  }

  void cut() {
    core->cutting = true;
    with_connections([](Connection& connection) { connection.cut(); });
  }
};

namespace {

// Said to one too many, without waiting for anything: whoever is overloaded must not be kept busy by refusing.
constexpr std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 5\r\nConnection: close\r\n\r\n";

Result<> check(const ServerOptions& options) {
  if (options.listen.empty()) return fail(ErrorCode::invalid_argument, "the server has no address to listen on");
  if (options.cors.enabled && options.cors.credentials && std::ranges::count(options.cors.origins, "*") > 0) {
    return fail(ErrorCode::invalid_argument, "CORS with credentials needs named origins, not \"*\"");
  }
  if (options.quota.requests_per_second < 0) {
    return fail(ErrorCode::invalid_argument, "quota.requests_per_second must not be negative");
  }
  if (options.limits.header_bytes < 1024) {
    return fail(ErrorCode::invalid_argument, "limits.header_bytes must be at least 1024");
  }
  return {};
}

std::string url_of(const ListenAddress& address, std::uint16_t port) {
  if (!address.unix_path.empty()) return "unix:" + address.unix_path + ':';
  std::string host = address.host;
  if (host == "0.0.0.0") host = "127.0.0.1";
  if (host == "::") host = "::1";
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return (address.tls ? "https://" : "http://") + host + ':' + std::to_string(port);
}

void take(const std::shared_ptr<ServerCore>& core, net::Accepted accepted, bool tls) {
  net::Loop& loop = core->services.io->next();
  const std::string address = accepted.peer.address;
  ++core->accepted;
  if (!core->connections->admit(address, core->options->limits.connections,
                                core->options->limits.connections_per_address)) {
    ++core->refused;
    if (tls) return;
    loop.post([&loop, accepted = std::move(accepted)]() mutable {
      const std::unique_ptr<net::Stream> stream = net::make_stream(loop, std::move(accepted));
      (void)stream->try_write(kTooManyConnections, {});
      stream->shutdown_write();
    });
    return;
  }
  loop.post([core, &loop, tls, accepted = std::move(accepted)]() mutable {
    net::start(internal::serve_connection(core, net::make_stream(loop, std::move(accepted)), tls));
  });
}

}  // namespace

Server::Server(std::shared_ptr<State> state) : state_(std::move(state)) {}
Server::Server(Server&&) noexcept = default;
Server& Server::operator=(Server&&) noexcept = default;
Server::~Server() = default;

Result<Server> Server::start(ServerOptions options, Router router, Services services) {
  TRY(check(options));
  auto state = std::make_shared<State>();
  ServerCore& core = *state->core;
  if (std::ranges::any_of(options.listen, &ListenAddress::tls)) core.tls = TRY(net::TlsServer::create(options.tls));
  if (options.quota.requests_per_second > 0) core.quota = std::make_unique<internal::Quota>(options.quota);
  core.options = std::make_shared<const ServerOptions>(std::move(options));
  core.router = std::move(router);
  core.services = std::move(services);
  net::Io& io = *core.services.io;
  core.connections->live_on(io);

  for (const ListenAddress& address : core.options->listen) {
    net::Loop& loop = io.next();
    if (address.unix_path.empty()) {
      state->listeners.push_back(TRY(net::Listener::tcp(loop, address.host, address.port)));
    } else {
      state->listeners.push_back(TRY(net::Listener::unix_socket(loop, address.unix_path)));
    }
    const std::uint16_t port = state->listeners.back().port();
    if (state->port == 0) state->port = port;
    if (state->url.empty()) state->url = url_of(address, port);
  }
  for (std::size_t i = 0; i < state->listeners.size(); ++i) {
    const bool tls = core.options->listen[i].tls;
    state->listeners[i].start(
        [shared = state->core, tls](net::Accepted accepted) { take(shared, std::move(accepted), tls); });
  }
  return Server(std::move(state));
}

std::uint16_t Server::port() const {
  return state_->port;
}
std::string Server::url() const {
  return state_->url;
}

ServerCounts Server::counts() const {
  const ServerCore& core = *state_->core;
  return {core.accepted,   core.refused, core.connections->open(), core.requests, core.malformed,
          core.over_quota, core.timeouts};
}

Result<> Server::reload_certificates() {
  if (!state_->core->tls) return fail(ErrorCode::invalid_argument, "the server has no TLS");
  return state_->core->tls->reload();
}

bool Server::drain(std::int64_t milliseconds) {
  state_->core->draining = true;
  for (net::Listener& listener : state_->listeners) listener.stop();
  state_->with_connections([](Connection& connection) { connection.drain(); });
  if (state_->core->connections->wait_until_empty(milliseconds)) return true;
  state_->cut();
  state_->core->connections->wait_until_empty(INT32_MAX);
  return false;
}

}  // namespace meridian::http
