// Looks at RocksDB's table files one by one, when what the engine says of damage names another file.
//
// A table whose own properties or footer cannot be read is told by RocksDB as damage of the manifest, because it was
// met while the manifest was read.
#pragma once

#include <string>
#include <vector>

#include "base/file_system.hpp"

namespace rocksdb {
class Env;
}

namespace meridian::kv {

/// Opens each of these tables (paths) and reads what it says of itself. io_failure that names the first one that is
/// damaged. A file that goes meanwhile, since it was compacted away, is none.
Result<> check_tables(FileSystem& files, rocksdb::Env* env, const std::vector<std::string>& tables);
/// All that lie in a folder, those too that a crash left half written: for a folder that does not open.
Result<std::vector<std::string>> tables_in(FileSystem& files, const std::string& folder);

}  // namespace meridian::kv
