// RocksDB's file system on base/file_system.hpp, so that its files can lose power in a test as ours do.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

#include "base/file_system.hpp"

namespace meridian::kv {

class DiskReserve;

/// What it is given outlives it. Logs and manifests are written to their end with the help of the reserve.
std::shared_ptr<rocksdb::FileSystem> rocks_files(FileSystem& files, DiskReserve& reserve);

}  // namespace meridian::kv
