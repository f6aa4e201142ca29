#include "kv/internal/rocks_files.hpp"

#include <algorithm>
#include <utility>

#include "kv/internal/disk_reserve.hpp"
#include "kv/internal/rocks_status.hpp"

namespace meridian::kv {
namespace {

using rocksdb::FileOptions;
using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;
using rocksdb::Slice;

template <typename T>
IOStatus status_of(const Result<T>& result) {
  return result ? IOStatus::OK() : kv::status_of(result.error());
}
std::string_view bytes_of(const Slice& slice) {
  return {slice.data(), slice.size()};
}

class Sequential final : public rocksdb::FSSequentialFile {
 public:
  explicit Sequential(std::unique_ptr<SequentialFile> file) : file_(std::move(file)) {}

  /// RocksDB takes fewer bytes than asked for as the end of the file.
  IOStatus Read(std::size_t n, const IOOptions& /*options*/, Slice* result, char* scratch,
                IODebugContext* /*debug*/) override {
    std::size_t done = 0;
    while (done < n) {
      const Result<std::size_t> got = file_->read({scratch + done, n - done});
      if (!got) return kv::status_of(got.error());
      if (*got == 0) break;
      done += *got;
    }
    *result = Slice(scratch, done);
    return IOStatus::OK();
  }
  IOStatus Skip(std::uint64_t n) override { return status_of(file_->skip(n)); }

 private:
  std::unique_ptr<SequentialFile> file_;
};

class RandomAccess final : public rocksdb::FSRandomAccessFile {
 public:
  explicit RandomAccess(std::unique_ptr<RandomAccessFile> file) : file_(std::move(file)) {}

  IOStatus Read(std::uint64_t offset, std::size_t n, const IOOptions& /*options*/, Slice* result, char* scratch,
                IODebugContext* /*debug*/) const override {
    const Result<std::size_t> got = file_->read_at(offset, {scratch, n});
    *result = Slice(scratch, got ? *got : 0);
    return status_of(got);
  }

 private:
  std::unique_ptr<RandomAccessFile> file_;
};

/// What RocksDB must not write in part: logs and manifests, and CURRENT by way of a temporary file.
bool is_vital(const std::string& path) {
  return path.ends_with(".log") || path.ends_with(".dbtmp") || path.find("/MANIFEST-") != std::string::npos;
}

bool is_full(const Result<>& result) {
  return !result && result.error().code() == ErrorCode::busy;
}

class Writable final : public rocksdb::FSWritableFile {
 public:
  /// Without a reserve, a full disk is told as it is.
  Writable(std::unique_ptr<WritableFile> file, DiskReserve* reserve) : file_(std::move(file)), reserve_(reserve) {}

  using FSWritableFile::Append;
  IOStatus Append(const Slice& data, const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const std::uint64_t before = file_->size();
    Result<> appended = file_->append(bytes_of(data));
    if (is_full(appended) && reserve_ != nullptr && reserve_->give_up()) {
      appended = file_->append(bytes_of(data).substr(static_cast<std::size_t>(file_->size() - before)));
    }
    // A log that was written in part is of no use any more, room or not.
    if (is_full(appended) && reserve_ != nullptr) return IOStatus::IOError(appended.error().message());
    return status_of(appended);
  }
  IOStatus Truncate(std::uint64_t size, const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return status_of(file_->truncate(size));
  }
  IOStatus Flush(const IOOptions& /*options*/, IODebugContext* /*debug*/) override { return IOStatus::OK(); }
  /// Never told as a full disk: after a failed sync nobody knows what is safe, and that does not mend by itself.
  IOStatus Sync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const Result<> synced = file_->sync();
    return synced ? IOStatus::OK() : kv::failure_of(synced.error());
  }
  bool IsSyncThreadSafe() const override { return true; }
  std::uint64_t GetFileSize(const IOOptions& /*options*/, IODebugContext* /*debug*/) override { return file_->size(); }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*debug*/) override { return status_of(file_->close()); }

 private:
  std::unique_ptr<WritableFile> file_;
  DiskReserve* reserve_;
};

class Folder final : public rocksdb::FSDirectory {
 public:
  Folder(FileSystem& files, std::string path) : files_(files), path_(std::move(path)) {}

  IOStatus Fsync(const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return status_of(files_.sync_directory(path_));
  }
  IOStatus Close(const IOOptions& /*options*/, IODebugContext* /*debug*/) override { return IOStatus::OK(); }

 private:
  FileSystem& files_;
  std::string path_;
};

class Lock final : public rocksdb::FileLock {
 public:
  explicit Lock(std::unique_ptr<meridian::FileLock> lock) : lock_(std::move(lock)) {}

 private:
  std::unique_ptr<meridian::FileLock> lock_;
};

class Files final : public rocksdb::FileSystem {
 public:
  Files(meridian::FileSystem& files, DiskReserve& reserve) : files_(files), reserve_(reserve) {}

  const char* Name() const override { return "MeridianFiles"; }

  IOStatus NewSequentialFile(const std::string& path, const FileOptions& /*options*/,
                             std::unique_ptr<rocksdb::FSSequentialFile>* result, IODebugContext* /*debug*/) override {
    return opened<Sequential>(files_.open_sequential(path), result);
  }
  IOStatus NewRandomAccessFile(const std::string& path, const FileOptions& /*options*/,
                               std::unique_ptr<rocksdb::FSRandomAccessFile>* result,
                               IODebugContext* /*debug*/) override {
    return opened<RandomAccess>(files_.open_random_access(path), result);
  }
  IOStatus NewWritableFile(const std::string& path, const FileOptions& /*options*/,
                           std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* /*debug*/) override {
    return writable(path, WriteMode::replace, result);
  }
  IOStatus ReopenWritableFile(const std::string& path, const FileOptions& /*options*/,
                              std::unique_ptr<rocksdb::FSWritableFile>* result, IODebugContext* /*debug*/) override {
    return writable(path, WriteMode::append, result);
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& /*options*/,
                        std::unique_ptr<rocksdb::FSDirectory>* result, IODebugContext* /*debug*/) override {
    *result = std::make_unique<Folder>(files_, path);
    return IOStatus::OK();
  }

  IOStatus FileExists(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    const Result<bool> exists = files_.exists(path);
    if (!exists) return kv::status_of(exists.error());
    return *exists ? IOStatus::OK() : kv::no_file(path);
  }
  IOStatus GetChildren(const std::string& path, const IOOptions& /*options*/, std::vector<std::string>* result,
                       IODebugContext* /*debug*/) override {
    Result<std::vector<std::string>> names = files_.list(path);
    result->clear();
    if (!names) return kv::status_of(names.error());
    *result = std::move(*names);
    return IOStatus::OK();
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return status_of(files_.remove(path));
  }
  IOStatus CreateDir(const std::string& path, const IOOptions& options, IODebugContext* debug) override {
    if (FileExists(path, options, debug).ok()) return IOStatus::IOError(path + ": it exists");
    return status_of(files_.create_directory(path));
  }
  IOStatus CreateDirIfMissing(const std::string& path, const IOOptions& /*options*/,
                              IODebugContext* /*debug*/) override {
    return status_of(files_.create_directory(path));
  }
  IOStatus DeleteDir(const std::string& path, const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    return status_of(files_.remove_directory(path));
  }
  IOStatus GetFileSize(const std::string& path, const IOOptions& /*options*/, std::uint64_t* size,
                       IODebugContext* /*debug*/) override {
    const Result<std::uint64_t> bytes = files_.size(path);
    *size = bytes ? *bytes : 0;
    return status_of(bytes);
  }
  IOStatus GetFileModificationTime(const std::string& path, const IOOptions& /*options*/, std::uint64_t* seconds,
                                   IODebugContext* /*debug*/) override {
    const Result<Instant> time = files_.modified(path);
    *seconds = time ? static_cast<std::uint64_t>(std::max<std::int64_t>(time->seconds(), 0)) : 0;
    return status_of(time);
  }
  IOStatus RenameFile(const std::string& from, const std::string& to, const IOOptions& /*options*/,
                      IODebugContext* /*debug*/) override {
    // CURRENT names a manifest that was made just now: its name must be safe before CURRENT's.
    if (to.ends_with("/CURRENT")) {
      if (const Result<> synced = files_.sync_directory(to.substr(0, to.find_last_of('/'))); !synced) {
        return kv::status_of(synced.error());
      }
    }
    return status_of(files_.rename(from, to));
  }
  /// Onto another disk, RocksDB copies when it hears NotSupported.
  IOStatus LinkFile(const std::string& from, const std::string& to, const IOOptions& /*options*/,
                    IODebugContext* /*debug*/) override {
    const Result<> linked = files_.link(from, to);
    if (!linked && linked.error().code() == ErrorCode::io_failure) {
      return IOStatus::NotSupported(linked.error().message());
    }
    return status_of(linked);
  }

  IOStatus LockFile(const std::string& path, const IOOptions& /*options*/, rocksdb::FileLock** lock,
                    IODebugContext* /*debug*/) override {
    Result<std::unique_ptr<meridian::FileLock>> held = files_.lock(path);
    *lock = held ? new Lock(std::move(*held)) : nullptr;
    return status_of(held);
  }
  IOStatus UnlockFile(rocksdb::FileLock* lock, const IOOptions& /*options*/, IODebugContext* /*debug*/) override {
    delete lock;
    return IOStatus::OK();
  }

  IOStatus GetTestDirectory(const IOOptions& /*options*/, std::string* /*path*/, IODebugContext* /*debug*/) override {
    return IOStatus::NotSupported("no folder for tests");
  }
  IOStatus GetAbsolutePath(const std::string& path, const IOOptions& /*options*/, std::string* result,
                           IODebugContext* /*debug*/) override {
    *result = path;
    return IOStatus::OK();
  }
  IOStatus IsDirectory(const std::string& path, const IOOptions& /*options*/, bool* is_folder,
                       IODebugContext* /*debug*/) override {
    *is_folder = files_.list(path).has_value();
    return IOStatus::OK();
  }

 private:
  IOStatus writable(const std::string& path, WriteMode mode, std::unique_ptr<rocksdb::FSWritableFile>* result) {
    result->reset();
    DiskReserve* const reserve = is_vital(path) ? &reserve_ : nullptr;
    Result<std::unique_ptr<WritableFile>> file = files_.open_writable(path, mode);
    if (!file && file.error().code() == ErrorCode::busy && reserve != nullptr && reserve->give_up()) {
      file = files_.open_writable(path, mode);
    }
    if (!file) return kv::status_of(file.error());
    *result = std::make_unique<Writable>(std::move(*file), reserve);
    return IOStatus::OK();
  }
  template <typename Adapter, typename Ours, typename Theirs>
  static IOStatus opened(Result<std::unique_ptr<Ours>> file, std::unique_ptr<Theirs>* result) {
    result->reset();
    if (!file) return kv::status_of(file.error());
    *result = std::make_unique<Adapter>(std::move(*file));
    return IOStatus::OK();
  }

  meridian::FileSystem& files_;
  DiskReserve& reserve_;
};

}  // namespace

std::shared_ptr<rocksdb::FileSystem> rocks_files(FileSystem& files, DiskReserve& reserve) {
  return std::make_shared<Files>(files, reserve);
}

}  // namespace meridian::kv
