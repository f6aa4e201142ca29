#include "ingest/internal/key_order.hpp"

#include <algorithm>
#include <utility>

namespace meridian::ingest::internal {

bool KeyOrder::add(std::uint64_t item, const std::vector<std::uint64_t>& keys) {
  Item added{keys, 0};
  for (const std::uint64_t key : keys) {
    std::deque<std::uint64_t>& queue = queues_[key];
    added.behind += queue.empty() ? 0 : 1;
    queue.push_back(item);
  }
  const bool may_run = added.behind == 0;
  items_.emplace(item, std::move(added));
  return may_run;
}

std::vector<std::uint64_t> KeyOrder::remove(std::uint64_t item) {
  std::vector<std::uint64_t> ready;
  const auto at = items_.find(item);
  if (at == items_.end()) return ready;
  for (const std::uint64_t key : at->second.keys) {
    const auto found = queues_.find(key);
    std::deque<std::uint64_t>& queue = found->second;
    const bool was_first = queue.front() == item;
    queue.erase(std::ranges::find(queue, item));
    if (queue.empty()) {
      queues_.erase(found);
    } else if (was_first && --items_.at(queue.front()).behind == 0) {
      ready.push_back(queue.front());
    }
  }
  items_.erase(at);
  return ready;
}

}  // namespace meridian::ingest::internal
