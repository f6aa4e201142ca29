#include "kv/internal/rocks_tuning.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>

#include "kv/rocks.hpp"

namespace meridian::kv {
namespace {

constexpr std::uint64_t kMB = 1 << 20;

rocksdb::BlockBasedTableOptions table_options(const SpaceDefinition& space, const RocksMemory& memory) {
  rocksdb::BlockBasedTableOptions table;
  table.block_cache = memory.cache;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_size = space.point_reads ? 8 << 10 : 16 << 10;
  // Indexes and filters are in pieces within the cache, so that they count and may leave; the top stays.
  table.cache_index_and_filter_blocks = true;
  table.cache_index_and_filter_blocks_with_high_priority = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  table.pin_top_level_index_and_filter = true;
  table.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  table.metadata_block_size = 8 << 10;
  if (space.point_reads || space.prefix > 0) {
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
    table.partition_filters = true;
    table.whole_key_filtering = space.point_reads;
  }
  return table;
}

}  // namespace

RocksMemory::RocksMemory(std::uint64_t bytes)
    : cache(rocksdb::NewLRUCache(static_cast<std::size_t>(bytes), -1, false, 0.3)),
      // Charged to the cache: what write buffers hold, blocks may not.
      write_buffers(std::make_shared<rocksdb::WriteBufferManager>(static_cast<std::size_t>(bytes / 3), cache)),
      write_buffer_bytes(std::clamp<std::uint64_t>(bytes / 8, kMB, 64 * kMB)) {}

rocksdb::DBOptions database_options(const RocksOptions& options, const RocksMemory& memory) {
  rocksdb::DBOptions database;
  database.create_if_missing = true;  // open_rocks has looked already
  database.create_missing_column_families = true;
  database.paranoid_checks = true;
  // All commits up to the first that is not whole, and none after it, across logs: a commit that counted on an earlier
  // one is never there without it. What damage would hide this way, check_logs has refused before.
  database.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  database.max_total_wal_size = 64 * kMB;  // bounds the replay at opening: a second or so
  database.max_background_jobs = 2;
  database.max_open_files = 512;
  database.write_buffer_manager = memory.write_buffers;
  database.rate_limiter.reset(
      rocksdb::NewGenericRateLimiter(static_cast<std::int64_t>(options.background_bytes_per_second), 100'000, 10,
                                     rocksdb::RateLimiter::Mode::kWritesOnly, true));
  database.bytes_per_sync = kMB;
  database.stats_dump_period_sec = 0;
  database.stats_persist_period_sec = 0;
  database.enable_pipelined_write = false;
  database.avoid_unnecessary_blocking_io = true;
  return database;
}

rocksdb::ColumnFamilyOptions space_options(const SpaceDefinition& space, const RocksMemory& memory) {
  rocksdb::ColumnFamilyOptions family;
  family.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table_options(space, memory)));
  if (space.prefix > 0) {
    family.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(space.prefix));
  }
  family.write_buffer_size = static_cast<std::size_t>(memory.write_buffer_bytes);
  family.max_write_buffer_number = 3;
  family.level_compaction_dynamic_level_bytes = true;
  family.target_file_size_base = 64 * kMB;
  family.max_bytes_for_level_base = 256 * kMB;
  // What was just written is read and rewritten soon: fast packing. Most bytes lie in the last level.
  family.compression = space.is_cold ? rocksdb::kZSTD : rocksdb::kLZ4Compression;
  family.bottommost_compression = space.is_cold ? rocksdb::kZSTD : rocksdb::kLZ4Compression;
  family.compression_opts.level = space.is_cold ? 3 : rocksdb::CompressionOptions::kDefaultCompressionLevel;
  family.bottommost_compression_opts = family.compression_opts;
  family.bottommost_compression_opts.enabled = true;
  family.force_consistency_checks = true;
  return family;
}

}  // namespace meridian::kv
