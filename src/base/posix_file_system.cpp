#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <system_error>
#include <utility>

#include "base/file_system.hpp"

namespace meridian {
namespace {

Error error_of(int reason, const std::string& path) {
  ErrorCode code = ErrorCode::io_failure;
  if (reason == ENOENT || reason == ENOTDIR) code = ErrorCode::not_found;
  if (reason == EEXIST || reason == ENOTEMPTY || reason == EWOULDBLOCK) code = ErrorCode::conflict;
  if (reason == ENOSPC || reason == EDQUOT) code = ErrorCode::busy;
  return {code, path + ": " + std::generic_category().message(reason)};
}

tl::unexpected<Error> failed(const std::string& path) {
  return fail(error_of(errno, path));
}

/// Calls again when a signal came between.
template <typename Call>
auto uninterrupted(Call call) {
  decltype(call()) result;
  do {
    result = call();
  } while (result < 0 && errno == EINTR);
  return result;
}

class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  Descriptor(Descriptor&& other) noexcept : value_(std::exchange(other.value_, -1)) {}
  Descriptor& operator=(Descriptor&&) = delete;
  ~Descriptor() {
    if (value_ >= 0) ::close(value_);
  }
  int get() const { return value_; }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

Result<Descriptor> open_file(const std::string& path, int flags) {
  const int descriptor = uninterrupted([&] { return ::open(path.c_str(), flags | O_CLOEXEC, 0644); });
  if (descriptor < 0) return failed(path);
  return Descriptor(descriptor);
}

class PosixSequentialFile final : public SequentialFile {
 public:
  PosixSequentialFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::size_t> read(std::span<char> into) override {
    const ssize_t got = uninterrupted([&] { return ::read(file_.get(), into.data(), into.size()); });
    if (got < 0) return failed(path_);
    return static_cast<std::size_t>(got);
  }
  Result<> skip(std::uint64_t bytes) override {
    if (::lseek(file_.get(), static_cast<off_t>(bytes), SEEK_CUR) < 0) return failed(path_);
    return {};
  }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixRandomAccessFile final : public RandomAccessFile {
 public:
  PosixRandomAccessFile(Descriptor file, std::string path) : file_(std::move(file)), path_(std::move(path)) {}

  Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const override {
    std::size_t done = 0;
    while (done < into.size()) {
      const std::span<char> rest = into.subspan(done);
      const ssize_t got = uninterrupted(
          [&] { return ::pread(file_.get(), rest.data(), rest.size(), static_cast<off_t>(offset + done)); });
      if (got < 0) return failed(path_);
      if (got == 0) break;
      done += static_cast<std::size_t>(got);
    }
    return done;
  }

 private:
  Descriptor file_;
  std::string path_;
};

class PosixWritableFile final : public WritableFile {
 public:
  PosixWritableFile(Descriptor file, std::string path, std::uint64_t size)
      : file_(std::move(file)), path_(std::move(path)), size_(size) {}

  Result<> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t written = uninterrupted([&] { return ::write(file_.get(), bytes.data(), bytes.size()); });
      if (written < 0) return failed(path_);
      size_ += static_cast<std::uint64_t>(written);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }
  Result<> sync() override {
    if (uninterrupted([&] { return ::fdatasync(file_.get()); }) < 0) return failed(path_);
    return {};
  }
  Result<> truncate(std::uint64_t size) override {
    if (uninterrupted([&] { return ::ftruncate(file_.get(), static_cast<off_t>(size)); }) < 0) return failed(path_);
    if (::lseek(file_.get(), static_cast<off_t>(size), SEEK_SET) < 0) return failed(path_);
    size_ = size;
    return {};
  }
  std::uint64_t size() const override { return size_; }
  Result<> close() override {
    // Not repeated when interrupted: the descriptor is gone either way.
    const int descriptor = file_.release();
    if (descriptor >= 0 && ::close(descriptor) < 0 && errno != EINTR) return failed(path_);
    return {};
  }

 private:
  Descriptor file_;
  std::string path_;
  std::uint64_t size_;
};

/// Written in blocks from memory of its own, past the page cache: copying into pages that are fresh each time costs
/// more than the disk does. The last block is filled up with zeros, which are cut off again.
class PosixStreamedFile final : public WritableFile {
 public:
  static constexpr std::size_t kBlock = 4096;
  static constexpr std::size_t kBufferBytes = std::size_t{1} << 20;

  PosixStreamedFile(Descriptor file, std::string path)
      : file_(std::move(file)),
        path_(std::move(path)),
        buffer_(static_cast<char*>(std::aligned_alloc(kBlock, kBufferBytes)), &std::free) {
    if (!buffer_) throw std::bad_alloc();
  }

  Result<> append(std::string_view bytes) override {
    while (!bytes.empty()) {
      const std::size_t taken = std::min(bytes.size(), kBufferBytes - held_);
      bytes.copy(buffer_.get() + held_, taken);
      held_ += taken;
      is_flushed_ = false;
      bytes.remove_prefix(taken);
      if (held_ < kBufferBytes) break;
      TRY(write(kBufferBytes));
      written_ += kBufferBytes;
      held_ = 0;
    }
    return {};
  }
  Result<> sync() override {
    TRY(flush());
    if (uninterrupted([&] { return ::fdatasync(file_.get()); }) < 0) return failed(path_);
    return {};
  }
  Result<> truncate(std::uint64_t /*size*/) override {
    return fail(ErrorCode::unsupported, path_ + ": a streamed file is not truncated");
  }
  std::uint64_t size() const override { return written_ + held_; }
  Result<> close() override {
    TRY(flush());
    const int descriptor = file_.release();
    if (descriptor >= 0 && ::close(descriptor) < 0 && errno != EINTR) return failed(path_);
    return {};
  }

 private:
  Result<> flush() {
    if (is_flushed_) return {};
    const std::size_t blocks = (held_ + kBlock - 1) / kBlock * kBlock;
    std::fill(buffer_.get() + held_, buffer_.get() + blocks, '\0');
    TRY(write(blocks));
    if (uninterrupted([&] { return ::ftruncate(file_.get(), static_cast<off_t>(size())); }) < 0) return failed(path_);
    is_flushed_ = true;
    return {};
  }
  /// What is held, at its place; a partial block is written again once it is longer.
  Result<> write(std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t written = uninterrupted([&] {
        return ::pwrite(file_.get(), buffer_.get() + done, size - done, static_cast<off_t>(written_ + done));
      });
      if (written < 0) return failed(path_);
      done += static_cast<std::size_t>(written);
    }
    return {};
  }

  Descriptor file_;
  std::string path_;
  std::unique_ptr<char, void (*)(void*)> buffer_;
  std::uint64_t written_ = 0;  // whole buffers
  std::size_t held_ = 0;
  bool is_flushed_ = true;
};

class PosixFileLock final : public FileLock {
 public:
  explicit PosixFileLock(Descriptor file) : file_(std::move(file)) {}

 private:
  Descriptor file_;  // whose closing lets the lock go
};

class PosixFileSystem final : public FileSystem {
 public:
  Result<std::unique_ptr<SequentialFile>> open_sequential(const std::string& path) override {
    return std::make_unique<PosixSequentialFile>(TRY(open_file(path, O_RDONLY)), path);
  }
  Result<std::unique_ptr<RandomAccessFile>> open_random_access(const std::string& path) override {
    return std::make_unique<PosixRandomAccessFile>(TRY(open_file(path, O_RDONLY)), path);
  }
  Result<std::unique_ptr<WritableFile>> open_writable(const std::string& path, WriteMode mode) override {
    const int flags = mode == WriteMode::replace ? O_TRUNC : mode == WriteMode::append ? O_APPEND : O_EXCL;
    Descriptor file = TRY(open_file(path, O_WRONLY | O_CREAT | flags));
    struct stat status{};
    if (::fstat(file.get(), &status) < 0) return failed(path);
    return std::make_unique<PosixWritableFile>(std::move(file), path, static_cast<std::uint64_t>(status.st_size));
  }

  Result<std::unique_ptr<WritableFile>> open_streamed(const std::string& path) override {
    Result<Descriptor> direct = open_file(path, O_WRONLY | O_CREAT | O_EXCL | O_DIRECT);
    if (direct) return std::make_unique<PosixStreamedFile>(*std::move(direct), path);
    if (direct.error().code() != ErrorCode::io_failure) return fail(std::move(direct).error());
    // A file system that does not know how (tmpfs) may have made the file all the same.
    return std::make_unique<PosixStreamedFile>(TRY(open_file(path, O_WRONLY | O_CREAT)), path);
  }

  Result<bool> exists(const std::string& path) override {
    const Result<struct stat> status = status_of(path);
    if (!status && status.error().code() == ErrorCode::not_found) return false;
    if (!status) return fail(status.error());
    return true;
  }
  Result<std::uint64_t> size(const std::string& path) override {
    return static_cast<std::uint64_t>(TRY(status_of(path)).st_size);
  }
  Result<std::uint64_t> free_bytes(const std::string& path) override {
    struct statvfs status{};
    if (::statvfs(path.c_str(), &status) < 0) return failed(path);
    return static_cast<std::uint64_t>(status.f_bavail) * status.f_frsize;
  }
  Result<Instant> modified(const std::string& path) override {
    const struct stat status = TRY(status_of(path));
    return Instant::from_seconds(status.st_mtim.tv_sec) + Duration::microseconds(status.st_mtim.tv_nsec / 1000);
  }
  Result<std::vector<std::string>> list(const std::string& folder) override {
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder.c_str()), &::closedir);
    if (!directory) return failed(folder);
    std::vector<std::string> names;
    for (;;) {
      errno = 0;
      const dirent* const entry = ::readdir(directory.get());
      if (entry == nullptr) break;
      const std::string_view name = entry->d_name;
      if (name != "." && name != "..") names.emplace_back(name);
    }
    if (errno != 0) return failed(folder);
    std::sort(names.begin(), names.end());
    return names;
  }

  Result<> create_directory(const std::string& path) override {
    if (::mkdir(path.c_str(), 0755) == 0) return {};
    const int reason = errno;
    const Result<struct stat> status = status_of(path);
    if (reason == EEXIST && status && S_ISDIR(status->st_mode)) return {};
    return fail(error_of(reason, path));
  }
  Result<> remove_directory(const std::string& path) override { return done(::rmdir(path.c_str()), path); }
  Result<> remove(const std::string& path) override { return done(::unlink(path.c_str()), path); }
  Result<> rename(const std::string& from, const std::string& to) override {
    return done(std::rename(from.c_str(), to.c_str()), from);
  }
  Result<> link(const std::string& from, const std::string& to) override {
    return done(::link(from.c_str(), to.c_str()), to);
  }
  Result<> sync_directory(const std::string& path) override {
    const Descriptor folder = TRY(open_file(path, O_RDONLY | O_DIRECTORY));
    return done(uninterrupted([&] { return ::fsync(folder.get()); }), path);
  }

  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override {
    Descriptor file = TRY(open_file(path, O_RDWR | O_CREAT));
    // flock, unlike fcntl's locks, also keeps two holders of one process apart.
    if (uninterrupted([&] { return ::flock(file.get(), LOCK_EX | LOCK_NB); }) < 0) return failed(path);
    return std::make_unique<PosixFileLock>(std::move(file));
  }

 private:
  static Result<> done(int result, const std::string& path) {
    if (result < 0) return failed(path);
    return {};
  }
  static Result<struct stat> status_of(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) < 0) return failed(path);
    return status;
  }
};

}  // namespace

FileSystem& system_files() {
  static PosixFileSystem files;
  return files;
}

}  // namespace meridian
