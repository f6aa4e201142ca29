// Back-ups: a folder of restore points, each the whole data folder as it was after one commit.
//
//   MERIDIAN-BACKUP    what this folder is, and its format
//   points/N           restore point N: which files it consists of, with their checksums; itself checksummed
//   files/SHA-256      the files, named by their content, so that points share what has not changed
//   archive/objects/…  blobs of a part (images), under their names, as that part keeps them; of all points together
//
// A point is there when its file in `points` is, which is written last: whatever ends a back-up before, the earlier
// points stay as they were, and what lies about is swept by the next one. Every file that a new point shares with
// earlier ones is read and compared; one that is damaged or missing is copied anew. Of blobs, which are many and large,
// only the size is looked at. A blob that was removed from the data folder stays in the back-up.
//
// Threads: any; a second back-up into the same folder at once is a conflict. Errors: conflict (the folder is there, or
// is no back-up), not_found (no back-up, no such point), unsupported (a later format), io_failure (damage, by the name
// of the file), busy (the disk is full).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/callback.hpp"
#include "base/instant.hpp"
#include "base/result.hpp"
#include "store/version.hpp"

namespace meridian {
class FileSystem;
}
namespace meridian::kv {
class Blobs;
}

namespace meridian::store {

/// What lies beside the store in the data folder and has a Kv of its own: an inbox, an archive.
struct BackupPart {
  std::string folder;  ///< of the Kv, within the data folder: "inbox/kv"
  /// Makes a checkpoint of the Kv in this folder. Called twice: beside the commits, so that what is in memory goes to
  /// files; then between the two commits where the point lies, when it takes no time.
  Callback<Result<>(const std::string& folder)> checkpoint;
  const kv::Blobs* blobs = nullptr;  ///< what the Kv speaks of; each is safe before the Kv names it
  std::string blobs_folder = {};     ///< theirs: "archive/objects"
};

struct BackupRequest {
  std::string folder;        ///< the folder above it exists
  bool incremental = false;  ///< into a folder that may hold points already; else it must not exist
  /// Folders within the data folder that are kept too, with the files that lie in them; a folder in one is named as
  /// well, or is left out.
  std::vector<std::string> beside = {};
  std::vector<BackupPart> parts = {};
};

struct BackupPoint {
  std::uint64_t number = 0;  ///< its name: 1, 2, …
  Instant time;
  CommitNumber commit;      ///< of the default tenant: this one and all before it, none after
  std::uint64_t files = 0;  ///< all it consists of, blobs as well
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
