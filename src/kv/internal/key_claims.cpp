#include "kv/internal/key_claims.hpp"

#include <algorithm>

#include "base/hash.hpp"

namespace meridian::kv {

KeyClaims::Held::Held(KeyClaims& claims, const Batch& batch) : claims_(claims) {
  std::vector<Claim>& wanted = taken_;
  wanted.reserve(batch.entries().size());
  for (const Batch::Entry& entry : batch.entries()) {
    const bool is_alone = entry.kind == Batch::Entry::Kind::absent || entry.kind == Batch::Entry::Kind::value;
    wanted.push_back({hash64(batch.key(entry), static_cast<std::uint64_t>(entry.space)), is_alone});
  }
  // Of one key's claims the stricter comes first and stays.
  std::sort(wanted.begin(), wanted.end(), [](const Claim& a, const Claim& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.is_alone && !b.is_alone;
  });
  wanted.erase(
      std::unique(wanted.begin(), wanted.end(), [](const Claim& a, const Claim& b) { return a.hash == b.hash; }),
      wanted.end());

  for (auto at = wanted.begin(); at != wanted.end();) {
    Shard& shard = claims_.shard(at->hash);
    std::unique_lock lock(shard.mutex);
    for (; at != wanted.end() && &claims_.shard(at->hash) == &shard; ++at) {
      Key& key =
          shard.keys[at->hash];  // stays where it is while others come and go, and is not removed while waited for
      if (at->is_alone) {
        ++key.waiting_alone;
        shard.changed.wait(lock, [&] { return !key.is_taken_alone && key.sharers == 0; });
        --key.waiting_alone;
        key.is_taken_alone = true;
      } else {
        ++key.waiting_shared;
        shard.changed.wait(lock, [&] { return !key.is_taken_alone && key.waiting_alone == 0; });
        --key.waiting_shared;
        ++key.sharers;
      }
    }
  }
}

KeyClaims::Held::~Held() {
  for (auto at = taken_.begin(); at != taken_.end();) {
    Shard& shard = claims_.shard(at->hash);
    bool is_awaited = false;
    {
      const std::lock_guard lock(shard.mutex);
      for (; at != taken_.end() && &claims_.shard(at->hash) == &shard; ++at) {
        const auto found = shard.keys.find(at->hash);
        Key& key = found->second;
        if (at->is_alone) {
          key.is_taken_alone = false;
        } else {
          --key.sharers;
        }
        is_awaited = is_awaited || key.waiting_alone + key.waiting_shared > 0;
        if (key.sharers + key.waiting_alone + key.waiting_shared == 0) shard.keys.erase(found);
      }
    }
    if (is_awaited) shard.changed.notify_all();
  }
}

}  // namespace meridian::kv
