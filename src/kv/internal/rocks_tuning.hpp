// How RocksDB is set up for our spaces: docs/adr/0071-rocksdb.md says why.
#pragma once

#include <rocksdb/options.h>

#include <cstdint>
#include <memory>

#include "kv/kv.hpp"

namespace meridian::kv {

struct RocksOptions;

/// What all column families of one Kv share.
struct RocksMemory {
  explicit RocksMemory(std::uint64_t bytes);
  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
  std::uint64_t write_buffer_bytes;  ///< of one space, until it is flushed
};

rocksdb::DBOptions database_options(const RocksOptions& options, const RocksMemory& memory);
rocksdb::ColumnFamilyOptions space_options(const SpaceDefinition& space, const RocksMemory& memory);

}  // namespace meridian::kv
