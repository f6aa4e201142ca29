// Looks through RocksDB's logs before they are replayed.
//
// Replaying stops at the first record that is not whole, which is right for a log that just ends: it was not synced.
// But a record that is there with all its bytes and does not match its checksum was damaged, and what follows it may
// have been acknowledged; so the log is refused by name instead of being cut there.
// Format: https://github.com/facebook/rocksdb/wiki/Write-Ahead-Log-File-Format
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/file_system.hpp"

namespace meridian::kv {

/// io_failure that names the file and the place.
Result<> check_logs(FileSystem& files, const std::string& folder);
/// Nothing, or where the first damaged record of a log begins.
std::optional<std::size_t> find_damage(std::string_view log);

}  // namespace meridian::kv
