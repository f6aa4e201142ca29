#include "http/internal/server_core.hpp"

#include <chrono>

namespace meridian::http::internal {

bool ServerCore::admit(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (open_.load() >= options->limits.connections) return false;
  if (address != "unix") {
    std::uint32_t& count = by_address_[address];
    if (count >= options->limits.connections_per_address) return false;
    ++count;
  }
  ++open_;
  return true;
}

void ServerCore::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (address != "unix") {
    const auto at = by_address_.find(address);
    if (--at->second == 0) by_address_.erase(at);
  }
  if (--open_ == 0) changed_.notify_all();
}

bool ServerCore::wait_until_empty(std::int64_t milliseconds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return open_.load() == 0; });
}

}  // namespace meridian::http::internal
