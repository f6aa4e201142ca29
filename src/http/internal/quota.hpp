// Quota: how many requests each client may make, kept as one number a client.
//
// A token bucket by the generic cell rate algorithm: for each client the moment at which its bucket would be full
// again. A request moves it on by the time one token takes; a client whose moment lies further ahead than the whole
// burst has to wait. Clients whose bucket is full are forgotten, so that memory follows those who are active; when more
// are active than there is room for, newcomers share one bucket. From any thread.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "http/request.hpp"
#include "http/server_options.hpp"

namespace meridian::http::internal {

class Quota {
 public:
  explicit Quota(const QuotaOptions& options);

  /// Takes one token of the client's at `now`, the steady clock's nanoseconds: 0, or how many seconds (rounded up) to
  /// wait before the next try.
  std::int64_t take(std::string_view client, std::int64_t now);

  /// How many clients are remembered.
  std::size_t size() const;

 private:
  void forget_full(std::int64_t now);

  const std::int64_t interval_;  // nanoseconds for one token
  const std::int64_t burst_;     // nanoseconds for all of them
  const std::size_t most_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, std::int64_t> full_at_;  // protected by mutex_
  std::int64_t shared_full_at_ = 0;                        // protected by mutex_
  std::int64_t sweep_at_ = 0;                              // protected by mutex_
};

/// Whose bucket the request draws from: the value of the options' field, else the address, of IPv6 the first 64 bits,
/// which is what one household has. Empty for a Unix socket, which only the server's own user reaches: no quota.
std::string quota_client(const Request& request, const QuotaOptions& options);

}  // namespace meridian::http::internal
