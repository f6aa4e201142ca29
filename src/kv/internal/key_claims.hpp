// KeyClaims: keeps commits that touch the same keys apart while one of them has conditions.
//
// A commit claims what it writes, shared with other writers, and what its conditions look at, for itself; so nothing
// changes between looking and writing. Claims are by a 64-bit hash of space and key: two keys with one hash only wait
// for each other needlessly. They are taken in ascending order, so nobody waits in a circle; who waits for a key for
// itself goes before later sharers. Any thread.
#pragma once

#include <array>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "kv/kv.hpp"

namespace meridian::kv {

class KeyClaims {
 public:
  KeyClaims() = default;
  KeyClaims(const KeyClaims&) = delete;
  KeyClaims& operator=(const KeyClaims&) = delete;

  /// Every key of a batch: waits until it can have them, and gives them back when it goes.
  class Held {
   public:
    Held(KeyClaims& claims, const Batch& batch);
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held();

   private:
    struct Claim {
      std::uint64_t hash;
      bool is_alone;
    };
    KeyClaims& claims_;
    std::vector<Claim> taken_;
  };

 private:
  struct Key {
    std::uint32_t sharers = 0;
    std::uint32_t waiting_alone = 0;
    std::uint32_t waiting_shared = 0;
    bool is_taken_alone = false;
  };
  struct alignas(64) Shard {
    std::mutex mutex;
    std::condition_variable changed;
    std::unordered_map<std::uint64_t, Key> keys;
  };
  Shard& shard(std::uint64_t hash) { return shards_[hash >> 58]; }
  std::array<Shard, 64> shards_;
};

}  // namespace meridian::kv
