// ServerCore: what all connections of one Server share.
#pragma once

#include <atomic>
#include <memory>

#include "http/internal/quota.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/server_options.hpp"
#include "net/connections.hpp"
#include "net/tls.hpp"

namespace meridian::http::internal {

class Connection;

struct ServerCore {
  std::shared_ptr<const ServerOptions> options;
  Router router;
  Services services;
  std::shared_ptr<net::TlsServer> tls;
  std::unique_ptr<Quota> quota;  // none: no limit

  std::atomic<bool> draining = false;
  std::atomic<bool> cutting = false;
  std::atomic<std::uint64_t> buffered_body_bytes = 0;

  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> requests = 0;
  std::atomic<std::uint64_t> malformed = 0;
  std::atomic<std::uint64_t> over_quota = 0;
  std::atomic<std::uint64_t> timeouts = 0;

  const std::shared_ptr<net::Connections<Connection>> connections = std::make_shared<net::Connections<Connection>>();
};

}  // namespace meridian::http::internal
