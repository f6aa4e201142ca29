// RocksDB's file system on base/file_system.hpp, so that its files can lose power in a test as ours do.
#pragma once

#include <rocksdb/file_system.h>

#include <memory>

#include "base/file_system.hpp"

namespace meridian::kv {

/// `files` outlives it.
std::shared_ptr<rocksdb::FileSystem> rocks_files(FileSystem& files);

}  // namespace meridian::kv
