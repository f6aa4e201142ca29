// ServerCore: what all connections of one Server share.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

#include "http/internal/quota.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/server_options.hpp"
#include "net/tls.hpp"

namespace meridian::net {
class Loop;
}

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

  /// Counts a new connection from there; false when it would be one too many.
  bool admit(const std::string& address);
  void leave(const std::string& address);
  std::uint64_t open() const { return open_.load(); }
  /// Waits until no connection is open, or that long. True when none is.
  bool wait_until_empty(std::int64_t milliseconds);

  /// The connections of each loop; each set is touched only on its loop's thread.
  std::map<net::Loop*, std::unordered_set<Connection*>> connections;

 private:
  std::atomic<std::uint64_t> open_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, std::uint32_t> by_address_;  // protected by mutex_
};

}  // namespace meridian::http::internal
