#include "store/backup.hpp"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <utility>

#include "base/clock.hpp"
#include "store/internal/backing_up.hpp"
#include "store/internal/backup_folder.hpp"

namespace meridian::store {
namespace {

using File = BackupFolder::File;
using Held = BackupFolder::Held;

/// The place of the checkpoint: on the disk of the data, so that it costs names and no bytes.
class Staging {
 public:
  Staging(FileSystem& files, const std::string& data) : files_(files), path_(data + "/backing-up") {}
  Staging(const Staging&) = delete;
  Staging& operator=(const Staging&) = delete;
  ~Staging() { static_cast<void>(clear()); }

  const std::string& path() const { return path_; }
  /// Also of what a back-up left that was cut off.
  Result<> clear() {
    if (!TRY(files_.exists(path_))) return {};
    for (const std::string& folder : TRY(files_.list(path_))) {
      const std::string inner = std::string(path_).append("/").append(folder);
      for (const std::string& name : TRY(files_.list(inner))) {
        TRY(files_.remove(std::string(inner).append("/").append(name)));
      }
      TRY(files_.remove_directory(inner));
    }
    return files_.remove_directory(path_);
  }

 private:
  FileSystem& files_;
  std::string path_;
};

/// Brings files to the back-up, each once.
class Bringing {
 public:
  Bringing(FileSystem& files, const BackupFolder& backup, const BackupFolder::Points& earlier)
      : files_(files), backup_(backup) {
    for (const BackupFolder::Point& point : earlier.points) {
      for (const File& file : point.files) known_[file.path] = &file;  // the newest wins
    }
  }

  Result<> bring(const std::string& from, const std::string& path) {
    bool is_same = false;
    File file = TRY(describe(from, path, is_same));
    const Held held = TRY(backup_.look_at(file));
    if (held != Held::whole) {
      const std::string expected = file.sha256;
      file = TRY(backup_.take(from, path));
      // A table file never changes; another content under its name and time is damage, and no point is made of it.
      if (is_same && file.sha256 != expected) {
        return fail(ErrorCode::io_failure,
                    path + ": differs from what an earlier back-up found in it; see: meridian verify");
      }
      ++made_.copied_files;
      made_.copied_bytes += file.bytes;
      if (held == Held::damaged) ++made_.mended_files;
    }
    point_.files.push_back(std::move(file));
    return {};
  }

  BackupFolder::Point& point() { return point_; }
  BackupMade& made() { return made_; }

 private:
  /// RocksDB's table files are written once, so one of the same name, size and time need not be read again.
  Result<File> describe(const std::string& from, const std::string& path, bool& is_same) {
    const auto known = path.ends_with(".sst") ? known_.find(path) : known_.end();
    if (known != known_.end() && known->second->bytes == TRY(files_.size(from)) &&
        known->second->modified == TRY(files_.modified(from))) {
      is_same = true;
      return *known->second;
    }
    return describe_file(files_, from, path);
  }

  FileSystem& files_;
  const BackupFolder& backup_;
  std::unordered_map<std::string, const File*> known_;
  BackupFolder::Point point_;
  BackupMade made_;
};

/// Without the folders in it.
Result<> bring_folder(FileSystem& files, Bringing& bringing, const std::string& from, const std::string& as,
                      const std::vector<std::string>* beside = nullptr) {
  if (!TRY(files.exists(from))) return {};
  for (const std::string& name : TRY(files.list(from))) {
    if (name.ends_with(".part")) continue;  // being written
    std::string path = std::string(as).append("/").append(name);
    if (beside != nullptr && std::ranges::find(*beside, path) != beside->end()) continue;
    const Result<> brought = bringing.bring(std::string(from).append("/").append(name), path);
    // What lies beside the Kv is others' as well: a file may have been moved away meanwhile.
    if (!brought && beside != nullptr && brought.error().code() == ErrorCode::not_found) continue;
    TRY(brought);
  }
  return {};
}

/// Blobs take long: those that are there are brought before the checkpoints, and then those that have come meanwhile.
Result<> bring_blobs(const BackupFolder& backup, const BackupRequest& request, Bringing& bringing, bool is_last) {
  for (const BackupPart& part : request.parts) {
    if (part.blobs == nullptr) continue;
    BackupFolder::Blobs all = TRY(backup.take_blobs(*part.blobs, part.blobs_folder, bringing.made()));
    if (is_last) bringing.point().blobs.push_back(std::move(all));
  }
  return {};
}

}  // namespace

Result<BackupMade> back_up(const BackupSource& source, const BackupRequest& request) {
  FileSystem& files = source.files;
  if (!request.incremental && TRY(files.exists(request.folder))) {
    return fail(ErrorCode::conflict, "the folder of a back-up must not exist yet, unless --incremental adds to it");
  }
  const BackupFolder backup = TRY(BackupFolder::open_or_make(files, request.folder));
  const std::unique_ptr<FileLock> lock = TRY(backup.lock());
  const BackupFolder::Points earlier = TRY(backup.points());
  // A point that cannot be read may be mended by hand, so what it needs stays.
  if (earlier.damaged.empty()) TRY(backup.sweep(earlier.points));

  const std::unique_ptr<FileLock> staging_lock = TRY(files.lock(source.folder + "/backing-up.lock"));
  Staging staging(files, source.folder);
  TRY(staging.clear());
  TRY(files.create_directory(staging.path()));
  Bringing bringing(files, backup, earlier);
  TRY(bring_blobs(backup, request, bringing, false));
  BackupPoint about;
  about.number = earlier.last + 1;
  about.time = source.clock.now();
  about.commit = TRY(source.checkpoint(staging.path()));
  TRY(bring_folder(files, bringing, staging.path() + "/kv", "kv"));
  for (std::size_t i = 0; i < request.parts.size(); ++i) {
    TRY(bring_folder(files, bringing, staging.path() + "/part-" + std::to_string(i), request.parts[i].folder));
  }
  for (const std::string& name : request.beside) {
    TRY(bring_folder(files, bringing, source.folder + "/" + name, name, &request.beside));
  }
  TRY(bring_blobs(backup, request, bringing, true));
  BackupFolder::Point& point = bringing.point();
  for (const File& file : point.files) {
    ++about.files;
    about.bytes += file.bytes;
  }
  for (const BackupFolder::Blobs& blobs : point.blobs) {
    about.files += blobs.count;
    about.bytes += blobs.bytes;
  }
  point.about = about;
  TRY(backup.add(point));
  bringing.made().point = about;
  return bringing.made();
}

Result<BackupPoints> backup_points(FileSystem& files, const std::string& folder) {
  BackupFolder::Points found = TRY(TRY(BackupFolder::open(files, folder)).points());
  BackupPoints points;
  for (const BackupFolder::Point& point : found.points) points.points.push_back(point.about);
  points.damaged = std::move(found.damaged);
  return points;
}

namespace {

Result<BackupFolder::Point> find_point(const BackupFolder::Points& all, const std::string& folder,
                                       std::string_view at) {
  const std::string wanted = at == "latest" ? std::to_string(all.last) : std::string(at);
  for (const BackupFolder::Point& point : all.points) {
    if (std::to_string(point.about.number) == wanted) return point;
  }
  for (const std::string& path : all.damaged) {
    if (path.ends_with("/points/" + wanted)) {
      return fail(ErrorCode::io_failure, path + ": damaged; name another point with --at");
    }
  }
  return fail(ErrorCode::not_found, folder + ": there is no restore point " + std::string(at));
}

}  // namespace

Result<BackupPoint> restore_point(FileSystem& files, const std::string& folder, std::string_view at,
                                  const std::string& to) {
  const BackupFolder backup = TRY(BackupFolder::open(files, folder));
  const BackupFolder::Point point = TRY(find_point(TRY(backup.points()), folder, at));
  std::set<std::string> folders;
  const auto make_folders = [&](const std::string& path) -> Result<> {
    for (std::size_t slash = 0; slash != std::string::npos; slash = path.find('/', slash + 1)) {
      std::string inner = to + (slash == 0 ? "" : "/" + path.substr(0, slash));
      if (!folders.contains(inner)) TRY(files.create_directory(inner));
      folders.insert(std::move(inner));
    }
    return {};
  };
  for (const File& file : point.files) {
    TRY(make_folders(file.path));
    TRY(backup.give(file, to + "/" + file.path));
  }
  for (const BackupFolder::Blobs& blobs : point.blobs) {
    TRY(make_folders(blobs.path + "/"));
    TRY(backup.give_blobs(blobs, to + "/" + blobs.path));
  }
  for (const std::string& inner : folders) TRY(files.sync_directory(inner));
  return point.about;
}

}  // namespace meridian::store
