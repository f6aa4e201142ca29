// KeyOrder: which of many items may be worked on now, when those with a key in common must go one after another.
//
// An item runs when it is the first of each of its keys; one without keys runs at once. One thread at a time.
#pragma once

#include <cstdint>
#include <deque>
#include <unordered_map>
#include <vector>

namespace meridian::ingest::internal {

class KeyOrder {
 public:
  /// Adds an item behind those that are there; whether it may run at once. Keys stand once each.
  bool add(std::uint64_t item, const std::vector<std::uint64_t>& keys);
  /// It has ended; those that may run now, in the order of their keys.
  std::vector<std::uint64_t> remove(std::uint64_t item);
  bool empty() const { return items_.empty(); }

 private:
  struct Item {
    std::vector<std::uint64_t> keys;
    std::size_t behind = 0;  // of how many keys it is not the first
  };
  std::unordered_map<std::uint64_t, Item> items_;
  std::unordered_map<std::uint64_t, std::deque<std::uint64_t>> queues_;
};

}  // namespace meridian::ingest::internal
