// How a restore point is made: a checkpoint within the data folder, whose files are then brought to the back-up.
#pragma once

#include <string>

#include "base/callback.hpp"
#include "store/backup.hpp"

namespace meridian {
class Clock;
}

namespace meridian::store {

struct BackupSource {
  FileSystem& files;
  const Clock& clock;
  std::string folder;  ///< of the data
  /// Makes checkpoints within this folder, as all is after a commit, and says which: `kv` of the store, and of the
  /// request's parts `part-0` and so on.
  Callback<Result<CommitNumber>(const std::string& folder)> checkpoint;
};

Result<BackupMade> back_up(const BackupSource& source, const BackupRequest& request);

}  // namespace meridian::store
