// Back-ups: a folder of restore points, each the whole data folder as it was after one commit.
//
//   MERIDIAN-BACKUP    what this folder is, and its format
//   points/N           restore point N: which files it consists of, with their checksums; itself checksummed
//   files/SHA-256      the files, named by their content, so that points share what has not changed
//
// A point is there when its file in `points` is, which is written last: whatever ends a back-up before, the earlier
// points stay as they were, and what lies about is swept by the next one. Every file that a new point shares with
// earlier ones is read and compared; one that is damaged or missing is copied anew.
//
// Threads: any; a second back-up into the same folder at once is a conflict. Errors: conflict (the folder is there, or
// is no back-up), not_found (no back-up, no such point), unsupported (a later format), io_failure (damage, by the name
// of the file), busy (the disk is full).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "store/version.hpp"

namespace meridian {
class FileSystem;
}

namespace meridian::store {

struct BackupRequest {
  std::string folder;        ///< the folder above it exists
  bool incremental = false;  ///< into a folder that may hold points already; else it must not exist
  /// Folders within the data folder that are kept too, with the files that lie in them.
  std::vector<std::string> beside = {};
};

struct BackupPoint {
  std::uint64_t number = 0;  ///< its name: 1, 2, …
  Instant time;
  CommitNumber commit;      ///< of the default tenant: this one and all before it, none after
  std::uint64_t files = 0;  ///< all it consists of
  std::uint64_t bytes = 0;
};

struct BackupMade {
  BackupPoint point;
  std::uint64_t copied_files = 0;  ///< what was not there yet
  std::uint64_t copied_bytes = 0;
  std::uint64_t mended_files = 0;  ///< of these, what was there and damaged
};

struct BackupPoints {
  std::vector<BackupPoint> points;   ///< oldest first
  std::vector<std::string> damaged;  ///< point files that cannot be read
};

Result<BackupPoints> backup_points(FileSystem& files, const std::string& folder);

/// Copies a point (its number, or `latest`) into a folder, made here, comparing every file. What was made is safe when
/// the call returns; after an error the folder holds a part.
Result<BackupPoint> restore_point(FileSystem& files, const std::string& folder, std::string_view at,
                                  const std::string& to);

}  // namespace meridian::store
