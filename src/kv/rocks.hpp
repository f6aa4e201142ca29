// The embedded Kv, on RocksDB: one folder, one process, one column family a space.
//
//   const std::unique_ptr<Kv> kv = TRY(open_rocks(kSpaces, {.folder = data + "/kv", .memory = &budget}));
//
// The folder is held by one holder at a time (conflict otherwise). Opening replays the log; a log that is damaged where
// it had been written whole is refused by name (io_failure), because what follows the damage may have been
// acknowledged; a log that just ends is how a loss of power looks, and is fine. A folder that a later release wrote is
// refused (unsupported). When the disk is full, writes are `busy` and reads go on; the first write after there is room
// works again. So that what has begun can be finished then, a reserve of up to 16 MB lies in the folder. Every file is
// read and written through `files`.
//
// Memory: the block cache, with indexes and filters in it, and the write buffers together stay at about memory_bytes,
// which is reserved in `memory`. Two background threads flush and compact. Why and how: docs/adr/0071-rocksdb.md.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "kv/kv.hpp"

namespace meridian {
class FileSystem;
class MemoryBudget;
}  // namespace meridian

namespace meridian::kv {

struct RocksOptions {
  std::string folder;              ///< the folder above it exists
  FileSystem* files = nullptr;     ///< the machine's unless named; outlives the Kv
  MemoryBudget* memory = nullptr;  ///< outlives the Kv; none: reserved nowhere
  std::uint64_t memory_bytes = std::uint64_t{256} << 20;
  bool create_if_missing = true;  ///< else not_found
  bool flush_at_close = true;     ///< the next opening has no log to replay; else closing takes no time
  /// What flushes and compactions may write a second, so that they leave the disk to others.
  std::uint64_t background_bytes_per_second = std::uint64_t{192} << 20;
};

/// Spaces that are not there yet are made; one that is there and not named is refused: a later release made it.
Result<std::unique_ptr<Kv>> open_rocks(std::span<const SpaceDefinition> spaces, RocksOptions options);

}  // namespace meridian::kv
