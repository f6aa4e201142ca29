// Views and cursors over a snapshot of a RocksDB database.
#pragma once

#include <rocksdb/db.h>

#include <memory>

#include "kv/internal/rocks_kv.hpp"

namespace meridian::kv {

class RocksView final : public View {
 public:
  explicit RocksView(const RocksParts& parts) : parts_(parts), snapshot_(parts.database->GetSnapshot()) {}
  RocksView(const RocksView&) = delete;
  RocksView& operator=(const RocksView&) = delete;
  ~RocksView() override { parts_.database->ReleaseSnapshot(snapshot_); }

  Result<std::optional<std::string>> get(SpaceId space, std::string_view key) const override;
  Result<std::vector<std::optional<std::string>>> get_many(SpaceId space,
                                                           std::span<const std::string> keys) const override;
  std::unique_ptr<Cursor> scan(SpaceId space, Range range, Direction direction, CacheUse cache) const override;

 private:
  const RocksParts& parts_;
  const rocksdb::Snapshot* snapshot_;
};

/// Whether every key of a range begins with the same `prefix` bytes, so that filters of prefixes may be asked.
bool shares_prefix(const Range& range, std::size_t prefix);

}  // namespace meridian::kv
