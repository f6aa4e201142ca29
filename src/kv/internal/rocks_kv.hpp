// The Kv over an open RocksDB database.
#pragma once

#include <rocksdb/db.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/file_system.hpp"
#include "base/memory_budget.hpp"
#include "kv/internal/disk_reserve.hpp"
#include "kv/internal/key_claims.hpp"
#include "kv/internal/rocks_events.hpp"
#include "kv/kv.hpp"

namespace meridian::kv {

/// The file beside RocksDB's own that says what the folder is.
inline constexpr std::string_view kFormatFile = "/MERIDIAN-KV";
inline constexpr std::string_view kFormat = "meridian kv 1\n";
inline constexpr std::string_view kReserveFile = "/RESERVE";
inline constexpr std::string_view kLoadPrefix = "load-";  ///< of files on their way in

/// All that an open database needs, in the order in which it comes; it goes the other way round.
struct RocksParts {
  std::string folder;
  FileSystem* files = nullptr;
  MemoryReservation memory;
  std::unique_ptr<FileLock> lock;
  std::unique_ptr<DiskReserve> reserve;
  std::unique_ptr<rocksdb::Env> env;
  std::shared_ptr<RocksEvents> events;
  std::vector<std::uint8_t> prefixes;  ///< of the spaces
  std::vector<rocksdb::ColumnFamilyHandle*> families;
  std::unique_ptr<rocksdb::DB> database;
  bool flush_at_close = true;
};

class RocksKv final : public Kv {
 public:
  explicit RocksKv(RocksParts parts) : parts_(std::move(parts)) {}
  ~RocksKv() override;

  std::unique_ptr<View> view() const override;
  Result<> commit(const Batch& batch, Durability durability) override;
  Result<> sync() override;
  Result<> load(SpaceId space, std::span<const std::pair<std::string, std::string>> entries) override;
  Result<> erase_range(SpaceId space, const Range& range) override;
  std::uint64_t disk_bytes(SpaceId space, const Range& range) const override;
  Result<> verify() const override;
  Result<> checkpoint(const std::string& folder) override;

 private:
  rocksdb::DB& database() const { return *parts_.database; }
  rocksdb::ColumnFamilyHandle* family(SpaceId space) const { return parts_.families[static_cast<std::size_t>(space)]; }

  Result<> check_conditions(const Batch& batch) const;
  /// Unless the disk is full.
  template <typename Write>
  Result<> write(Write write);
  Result<> resume_when_there_is_room();
  Result<> load_by_commits(SpaceId space, std::span<const std::pair<std::string, std::string>> entries);
  Result<> load_by_file(SpaceId space, std::span<const std::pair<std::string, std::string>> entries,
                        const std::string& path);

  RocksParts parts_;
  KeyClaims claims_;
  std::mutex resuming_;
  std::atomic<std::uint64_t> loads_ = 0;
};

}  // namespace meridian::kv
