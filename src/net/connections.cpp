#include "net/connections.hpp"

#include <chrono>

namespace meridian::net {

bool ConnectionCount::admit(const std::string& address, std::uint64_t most, std::uint64_t most_per_address) {
  const std::lock_guard lock(mutex_);
  if (open_.load() >= most) return false;
  if (address != "unix") {
    std::uint32_t& count = by_address_[address];
    if (count >= most_per_address) return false;
    ++count;
  }
  ++open_;
  return true;
}

void ConnectionCount::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (address != "unix") {
    const auto at = by_address_.find(address);
    if (--at->second == 0) by_address_.erase(at);
  }
  if (--open_ == 0) changed_.notify_all();
}

bool ConnectionCount::wait_until_empty(std::int64_t milliseconds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return open_.load() == 0; });
}

}  // namespace meridian::net
