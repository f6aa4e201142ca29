// restore: a data folder from a restore point of a back-up. It is made beside, opened once to see that it is whole, and
// then named.
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "app/commands.hpp"
#include "app/instance.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/file_system.hpp"
#include "imaging/archive.hpp"
#include "store/backup.hpp"
#include "store/store.hpp"

namespace meridian::app {
namespace {

namespace fs = std::filesystem;

struct Restored {
  store::StoreStatistics record;
  std::uint64_t objects = 0;  ///< of the archive
};

/// What is there; the archive without the objects that it had not, or no longer, when the point was made.
Result<Restored> open_once(const std::string& data) {
  store::StoreOptions options;
  options.folder = data;
  options.create_if_missing = false;
  const auto store = TRY(store::Store::open(std::move(options)));
  Restored found;
  found.record = TRY(store->statistics(store::local_reader()));
  imaging::ArchiveOptions images;
  images.folder = data + "/" + std::string(kArchiveFolder);
  if (!TRY(system_files().exists(images.folder))) return found;
  images.key = TRY(store->secret(store::kDefaultTenant));
  const auto archive = TRY(imaging::Archive::open(std::move(images)));
  TRY(archive->sweep());
  found.objects = archive->counts().instances;
  return found;
}

Result<Restored> restore(const RestoreOptions& options) {
  if (TRY(system_files().exists(options.data))) {
    return fail(ErrorCode::conflict, options.data + " exists already; move it away, or name another folder");
  }
  const std::string beside = options.data + ".restoring";
  std::error_code ignored;
  fs::remove_all(beside, ignored);
  TRY(store::restore_point(system_files(), options.from, options.at, beside));
  Restored found = TRY(open_once(beside));
  TRY(system_files().rename(beside, options.data));
  const std::string parent = fs::path(options.data).parent_path().string();
  TRY(system_files().sync_directory(parent.empty() ? "." : parent));
  return found;
}

int list(const RestoreOptions& options) {
  const Result<store::BackupPoints> found = store::backup_points(system_files(), options.from);
  if (!found) {
    complain(found.error().message());
    return kFailed;
  }
  Output output;
  for (const store::BackupPoint& point : found->points) {
    output.line(fmt::format("{:<4} {}  commit {}, {}, {}", point.number, point.time.to_string(),
                            human_count(point.commit.value()), counted(point.files, "file"), human_bytes(point.bytes)));
  }
  for (const std::string& path : found->damaged) complain(path + ": damaged");
  if (!output.finish()) return kFailed;
  return found->damaged.empty() ? kOk : kFound;
}

}  // namespace

int run_restore(const RestoreOptions& options, const CommonOptions&) {
  if (options.list) return list(options);
  const Result<Restored> done = restore(options);
  if (!done) {
    complain(done.error().message());
    return kFailed;
  }
  Output output;
  const std::string images = done->objects == 0 ? "" : " and " + counted(done->objects, "DICOM object");
  output.line(fmt::format("{}{} as of commit {} in {}", counted(done->record.resources, "resource"), images,
                          human_count(done->record.last_commit.value()), options.data));
  return output.finish() ? kOk : kFailed;
}

}  // namespace meridian::app
