#include "http/internal/quota.hpp"

#include <arpa/inet.h>

#include <algorithm>

namespace meridian::http::internal {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kSweepEvery = 10 * kSecond;
constexpr std::size_t kLongestKey = 256;

// The first 64 bits of an IPv6 address; an IPv4 address inside one is that IPv4 address.
std::string network_of(const std::string& address) {
  in6_addr v6{};
  if (::inet_pton(AF_INET6, address.c_str(), &v6) != 1) return address;
  if (IN6_IS_ADDR_V4MAPPED(&v6)) {
    char text[INET_ADDRSTRLEN] = {};
    ::inet_ntop(AF_INET, v6.s6_addr + 12, text, sizeof text);
    return text;
  }
  return "v6:" + std::string(reinterpret_cast<const char*>(v6.s6_addr), 8);
}

}  // namespace

Quota::Quota(const QuotaOptions& options)
    : interval_(std::max<std::int64_t>(1, static_cast<std::int64_t>(kSecond / options.requests_per_second))),
      burst_(interval_ * std::max<std::int64_t>(1, options.burst)),
      most_(options.max_clients) {}

std::int64_t Quota::take(std::string_view client, std::int64_t now) {
  const std::lock_guard lock(mutex_);
  if (now >= sweep_at_) forget_full(now);
  auto at = full_at_.find(std::string(client));
  if (at == full_at_.end() && full_at_.size() < most_) at = full_at_.emplace(client, now).first;
  std::int64_t& full_at = at == full_at_.end() ? shared_full_at_ : at->second;
  const std::int64_t next = std::max(full_at, now) + interval_;
  const std::int64_t wait = next - burst_ - now;
  if (wait > 0) return (wait + kSecond - 1) / kSecond;
  full_at = next;
  return 0;
}

void Quota::forget_full(std::int64_t now) {
  std::erase_if(full_at_, [now](const auto& client) { return client.second <= now; });
  sweep_at_ = now + kSweepEvery;
}

std::size_t Quota::size() const {
  const std::lock_guard lock(mutex_);
  return full_at_.size();
}

std::string quota_client(const Request& request, const QuotaOptions& options) {
  if (!options.client_field.empty()) {
    if (const auto value = request.headers.find(options.client_field); value && !value->empty()) {
      return "field:" + std::string(value->substr(0, kLongestKey));
    }
  }
  if (request.peer.address == "unix") return {};
  return network_of(request.peer.address);
}

}  // namespace meridian::http::internal
