// Between RocksDB's statuses and this program's errors.
#pragma once

#include <rocksdb/io_status.h>
#include <rocksdb/status.h>

#include "base/result.hpp"

namespace meridian::kv {

/// A status that is not ok. Its text names files; text that may hold a key is left out.
Error error_of(const rocksdb::Status& status);
Result<> result_of(const rocksdb::Status& status);
/// For what the adapter hands to the engine.
rocksdb::IOStatus status_of(const Error& error);
/// The same, but never a full disk.
rocksdb::IOStatus failure_of(const Error& error);
rocksdb::IOStatus no_file(const std::string& path);

}  // namespace meridian::kv
