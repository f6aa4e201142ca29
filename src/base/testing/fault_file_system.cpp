#include "base/testing/fault_file_system.hpp"

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "base/random.hpp"

namespace meridian::testing {
namespace {

struct File {
  std::string bytes;
  std::string synced;
  bool is_folder = false;
};

using Names = std::map<std::string, std::shared_ptr<File>>;

std::string folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}
std::string plain(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

tl::unexpected<Error> not_found(const std::string& path) {
  return fail(ErrorCode::not_found, path + ": not there");
}
tl::unexpected<Error> conflict(const std::string& path, const char* what) {
  return fail(ErrorCode::conflict, path + ": " + what);
}
tl::unexpected<Error> broken(const std::string& path) {
  return fail(ErrorCode::io_failure, path + ": the disk failed, as the test asked");
}

tl::unexpected<Error> full(const std::string& path) {
  return fail(ErrorCode::busy, path + ": no space left, as the test asked");
}

}  // namespace

struct FaultFileSystem::Disk {
  mutable std::mutex mutex;
  Names names;    // as the program sees them
  Names durable;  // as they are after a crash
  std::set<std::string> locked;
  std::uint64_t life = 0;  // how many crashes there were; older files are stale
  std::size_t calls = 0;
  std::size_t fault_at = 0;  // 0: none
  Fault fault = Fault::fail;
  bool is_off = false;
  std::uint64_t room = std::uint64_t{1} << 50;

  /// Whether this call that changes something fails; each such call asks once.
  bool fails() {
    ++calls;
    if (is_off) return true;
    if (calls != fault_at) return false;
    is_off = fault == Fault::power_off;
    return true;
  }

  std::shared_ptr<File> find(const std::string& path) const {
    const auto found = names.find(plain(path));
    return found == names.end() ? nullptr : found->second;
  }
  bool is_folder(const std::string& path) const {
    if (path == "." || path == "/") return true;
    const std::shared_ptr<File> file = find(path);
    return file != nullptr && file->is_folder;
  }
  bool has_children(const std::string& path) const {
    return std::any_of(names.begin(), names.end(), [&](const auto& entry) { return folder_of(entry.first) == path; });
  }

  /// A folder goes to another name, and with it what is in it, also what is safe of that.
  void move_folder(const std::string& from, const std::string& to) {
    const auto take = [&](Names& all, bool also_itself) {
      Names moved;
      for (const auto& [path, file] : all) {
        if (path.starts_with(from + '/')) moved[to + path.substr(from.size())] = file;
      }
      if (also_itself) {
        std::erase_if(all, [&](const auto& entry) { return entry.first.starts_with(from + '/'); });
        moved[to] = all[from];
        all.erase(from);
      }
      all.merge(moved);
    };
    take(names, true);
    take(durable, false);
  }

  /// What lies in folders that are not there, is not there. A folder stands before what is in it.
  static void drop_orphans(Names& all) {
    for (auto entry = all.begin(); entry != all.end();) {
      const std::string above = folder_of(entry->first);
      const bool is_there = above == "." || above == "/" || all.contains(above);
      entry = is_there ? std::next(entry) : all.erase(entry);
    }
  }

  void restart() {
    drop_orphans(durable);
    names = durable;
    for (const auto& [path, file] : names) file->bytes = file->synced;
    locked.clear();
    is_off = false;
    fault_at = 0;
    ++life;
  }
};

namespace {

using DiskPointer = std::shared_ptr<FaultFileSystem::Disk>;

class Reader final : public SequentialFile, public RandomAccessFile {
 public:
  Reader(DiskPointer disk, std::shared_ptr<File> file, std::string path)
      : disk_(std::move(disk)), file_(std::move(file)), path_(std::move(path)), life_(disk_->life) {}

  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t got = TRY(read_at(at_, into));
    at_ += got;
    return got;
  }
  Result<> skip(std::uint64_t bytes) override {
    at_ += bytes;
    return {};
  }
  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    const std::lock_guard lock(disk_->mutex);
    if (disk_->is_off || life_ != disk_->life) return broken(path_);
    const std::string_view bytes = file_->bytes;
    const std::string_view part =
        offset < bytes.size() ? bytes.substr(static_cast<std::size_t>(offset), into.size()) : std::string_view();
    std::copy(part.begin(), part.end(), into.begin());
    return part.size();
  }

 private:
  DiskPointer disk_;
  std::shared_ptr<File> file_;
  std::string path_;
  std::uint64_t life_;
  std::uint64_t at_ = 0;
};

class Writer final : public WritableFile {
 public:
  Writer(DiskPointer disk, std::shared_ptr<File> file, std::string path)
      : disk_(std::move(disk)), file_(std::move(file)), path_(std::move(path)), life_(disk_->life) {}

  Result<> append(std::string_view bytes) override {
    const std::lock_guard lock(disk_->mutex);
    if (life_ != disk_->life) return broken(path_);
    const bool was_off = disk_->is_off;
    if (disk_->fails()) {
      if (!was_off && disk_->fault != Fault::fail) file_->bytes += bytes.substr(0, bytes.size() / 2);
      return broken(path_);
    }
    const std::string_view fitting =
        bytes.substr(0, static_cast<std::size_t>(std::min(disk_->room, std::uint64_t{bytes.size()})));
    file_->bytes += fitting;
    disk_->room -= fitting.size();
    if (fitting.size() < bytes.size()) return full(path_);
    return {};
  }
  Result<> sync() override {
    const std::lock_guard lock(disk_->mutex);
    if (life_ != disk_->life || disk_->fails()) return broken(path_);
    file_->synced = file_->bytes;
    return {};
  }
  Result<> truncate(std::uint64_t size) override {
    const std::lock_guard lock(disk_->mutex);
    if (life_ != disk_->life || disk_->fails()) return broken(path_);
    disk_->room += file_->bytes.size();
    file_->bytes.resize(static_cast<std::size_t>(size));
    disk_->room -= std::min(disk_->room, size);
    return {};
  }
  std::uint64_t size() const override {
    const std::lock_guard lock(disk_->mutex);
    return file_->bytes.size();
  }
  Result<> close() override { return {}; }

 private:
  DiskPointer disk_;
  std::shared_ptr<File> file_;
  std::string path_;
  std::uint64_t life_;
};

class Lock final : public FileLock {
 public:
  Lock(DiskPointer disk, std::string path) : disk_(std::move(disk)), path_(std::move(path)), life_(disk_->life) {}
  ~Lock() override {
    const std::lock_guard lock(disk_->mutex);
    if (life_ == disk_->life) disk_->locked.erase(path_);
  }

 private:
  DiskPointer disk_;
  std::string path_;
  std::uint64_t life_;
};

}  // namespace

FaultFileSystem::FaultFileSystem() : disk_(std::make_shared<Disk>()) {}
FaultFileSystem::~FaultFileSystem() = default;

void FaultFileSystem::crash() {
  const std::lock_guard lock(disk_->mutex);
  disk_->restart();
}

void FaultFileSystem::crash(Random& random) {
  const std::lock_guard lock(disk_->mutex);
  // 1. Some names that were not synced have reached the disk, and some removals.
  std::set<std::string> all;
  for (const Names* names : {&disk_->names, &disk_->durable}) {
    for (const auto& [path, file] : *names) all.insert(path);
  }
  for (const std::string& path : all) {
    if (random.below(2) == 0) continue;
    if (const auto now = disk_->names.find(path); now != disk_->names.end()) {
      // A name within a folder that is not there itself cannot be.
      if (const std::string folder = folder_of(path);
          folder == "." || folder == "/" || disk_->durable.contains(folder)) {
        disk_->durable[path] = now->second;
      }
    } else {
      const auto below = disk_->durable.lower_bound(path + "/");
      const bool is_empty = below == disk_->durable.end() || !below->first.starts_with(path + "/");
      if (is_empty) disk_->durable.erase(path);
    }
  }
  // 2. Of bytes that were appended and not synced, some part has.
  for (const auto& [path, file] : disk_->durable) {
    if (file->bytes.starts_with(file->synced)) {
      file->synced =
          file->bytes.substr(0, file->synced.size() + random.below(file->bytes.size() - file->synced.size() + 1));
    }
  }
  disk_->restart();
}

void FaultFileSystem::fail_at(std::size_t n, Fault fault) {
  const std::lock_guard lock(disk_->mutex);
  disk_->fault_at = disk_->calls + n;
  disk_->fault = fault;
}

void FaultFileSystem::set_room(std::uint64_t bytes) {
  const std::lock_guard lock(disk_->mutex);
  disk_->room = bytes;
}

std::size_t FaultFileSystem::calls() const {
  const std::lock_guard lock(disk_->mutex);
  return disk_->calls;
}

Result<std::unique_ptr<SequentialFile>> FaultFileSystem::open_sequential(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->is_off) return broken(path);
  std::shared_ptr<File> file = disk_->find(path);
  if (file == nullptr) return not_found(path);
  return std::make_unique<Reader>(disk_, std::move(file), path);
}

Result<std::unique_ptr<RandomAccessFile>> FaultFileSystem::open_random_access(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->is_off) return broken(path);
  std::shared_ptr<File> file = disk_->find(path);
  if (file == nullptr) return not_found(path);
  return std::make_unique<Reader>(disk_, std::move(file), path);
}

Result<std::unique_ptr<WritableFile>> FaultFileSystem::open_writable(const std::string& path, WriteMode mode) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(path);
  if (!disk_->is_folder(folder_of(path))) return not_found(path);
  std::shared_ptr<File> file = disk_->find(path);
  if (file != nullptr && (mode == WriteMode::create_new || file->is_folder)) return conflict(path, "it exists");
  if (file == nullptr) file = disk_->names[plain(path)] = std::make_shared<File>();
  if (mode == WriteMode::replace) file->bytes.clear();
  return std::make_unique<Writer>(disk_, std::move(file), path);
}

Result<bool> FaultFileSystem::exists(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->is_off) return broken(path);
  return disk_->find(path) != nullptr || disk_->is_folder(path);
}

Result<std::uint64_t> FaultFileSystem::size(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->is_off) return broken(path);
  const std::shared_ptr<File> file = disk_->find(path);
  if (file == nullptr) return not_found(path);
  return file->bytes.size();
}

Result<std::uint64_t> FaultFileSystem::free_bytes(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->is_off) return broken(path);
  return disk_->room;
}

Result<Instant> FaultFileSystem::modified(const std::string& path) {
  TRY(size(path));
  return Instant();  // this world has no clock
}

Result<std::vector<std::string>> FaultFileSystem::list(const std::string& folder) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->is_off) return broken(folder);
  if (!disk_->is_folder(folder)) return not_found(folder);
  std::vector<std::string> names;
  for (const auto& [path, file] : disk_->names) {
    if (folder_of(path) == plain(folder)) names.push_back(path.substr(path.rfind('/') + 1));
  }
  return names;
}

Result<> FaultFileSystem::create_directory(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(path);
  if (!disk_->is_folder(folder_of(plain(path)))) return not_found(path);
  std::shared_ptr<File>& file = disk_->names[plain(path)];
  if (file != nullptr && !file->is_folder) return conflict(path, "it is a file");
  if (file == nullptr) file = std::make_shared<File>();
  file->is_folder = true;
  return {};
}

Result<> FaultFileSystem::remove_directory(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(path);
  if (!disk_->is_folder(path)) return not_found(path);
  if (disk_->has_children(plain(path))) return conflict(path, "it is not empty");
  disk_->names.erase(plain(path));
  return {};
}

Result<> FaultFileSystem::remove(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(path);
  const std::shared_ptr<File> file = disk_->find(path);
  if (file == nullptr) return not_found(path);
  if (file->is_folder) return fail(ErrorCode::io_failure, path + ": it is a folder");
  disk_->room += file->bytes.size();
  disk_->names.erase(plain(path));
  return {};
}

Result<> FaultFileSystem::rename(const std::string& from, const std::string& to) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(from);
  const std::shared_ptr<File> file = disk_->find(from);
  if (file == nullptr || !disk_->is_folder(folder_of(to))) return not_found(from);
  if (file->is_folder) {
    if (disk_->find(to) != nullptr) return conflict(to, "it exists");
    disk_->move_folder(plain(from), plain(to));
    return {};
  }
  if (disk_->is_folder(to)) return conflict(to, "it is a folder");
  disk_->names[plain(to)] = file;
  if (plain(from) != plain(to)) disk_->names.erase(plain(from));
  return {};
}

Result<> FaultFileSystem::link(const std::string& from, const std::string& to) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(to);
  const std::shared_ptr<File> file = disk_->find(from);
  if (file == nullptr || !disk_->is_folder(folder_of(to))) return not_found(from);
  if (disk_->find(to) != nullptr) return conflict(to, "it exists");
  disk_->names[plain(to)] = file;
  return {};
}

Result<> FaultFileSystem::sync_directory(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(path);
  if (!disk_->is_folder(path)) return not_found(path);
  const auto inside = [&](const auto& entry) { return folder_of(entry.first) == plain(path); };
  std::vector<std::string> gone;  // folders: with them goes what is in them
  for (const auto& [name, file] : disk_->durable) {
    if (file->is_folder && folder_of(name) == plain(path) && !disk_->names.contains(name)) gone.push_back(name + '/');
  }
  for (const std::string& folder : gone) {
    std::erase_if(disk_->durable, [&](const auto& entry) { return entry.first.starts_with(folder); });
  }
  std::erase_if(disk_->durable, inside);
  for (const auto& entry : disk_->names) {
    if (inside(entry)) disk_->durable.insert(entry);
  }
  return {};
}

Result<std::unique_ptr<FileLock>> FaultFileSystem::lock(const std::string& path) {
  const std::lock_guard lock(disk_->mutex);
  if (disk_->fails()) return broken(path);
  if (!disk_->is_folder(folder_of(path))) return not_found(path);
  if (!disk_->locked.insert(plain(path)).second) return conflict(path, "it is in use");
  if (disk_->find(path) == nullptr) disk_->names[plain(path)] = std::make_shared<File>();
  return std::make_unique<Lock>(disk_, plain(path));
}

}  // namespace meridian::testing
