// FileSystem: the files of the machine behind an interface, so that tests can lose power and break disks.
//
// What storage is built on asks here for its files, RocksDB through its Env included. Two promises of POSIX matter:
// what was appended is only safe after `sync` of the file, and what was created, renamed or removed is only safe
// after `sync_directory` of its folder. base/testing/fault_file_system.hpp forgets everything else at a crash.
//
// Paths are plain text. Errors: not_found, conflict (it exists, is in use, or is not empty), busy (the disk is full),
// io_failure with the system's reason. Any thread may use a FileSystem and read a RandomAccessFile; other files belong
// to one thread at a time, except that one may `sync` a WritableFile while another appends. Files are closed when they
// go; a WritableFile's `close` also says whether that worked.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace meridian {

/// Read from front to back.
class SequentialFile {
 public:
  virtual ~SequentialFile() = default;
  /// How many bytes were read; 0 only at the end.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  virtual Result<> skip(std::uint64_t bytes) = 0;
};

/// Read anywhere.
class RandomAccessFile {
 public:
  virtual ~RandomAccessFile() = default;
  /// How many bytes were read: fewer than asked for only at the end of the file.
  virtual Result<std::size_t> read_at(std::uint64_t offset, std::span<char> into) const = 0;
};

/// Written from front to back.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  /// On failure, none, some or all of the bytes may be in the file.
  virtual Result<> append(std::string_view bytes) = 0;
  /// Returns when all that was appended before the call is safe. After a failure it is not known what is safe.
  virtual Result<> sync() = 0;
  virtual Result<> truncate(std::uint64_t size) = 0;
  virtual std::uint64_t size() const = 0;
  virtual Result<> close() = 0;
};

/// Held until it goes.
class FileLock {
 public:
  virtual ~FileLock() = default;
};

enum class WriteMode : std::uint8_t {
  replace,     ///< created, or emptied when it exists
  append,      ///< created, or continued at its end
  create_new,  ///< conflict when it exists
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual Result<std::unique_ptr<SequentialFile>> open_sequential(const std::string& path) = 0;
  virtual Result<std::unique_ptr<RandomAccessFile>> open_random_access(const std::string& path) = 0;
  virtual Result<std::unique_ptr<WritableFile>> open_writable(const std::string& path, WriteMode mode) = 0;
  /// A new file (conflict when it exists) of bytes that nobody reads soon: on their way to the disk they take no room
  /// in the system's memory, where the disk can do that. Not to be truncated. Holds up to 1 MB until sync().
  virtual Result<std::unique_ptr<WritableFile>> open_streamed(const std::string& path);

  virtual Result<bool> exists(const std::string& path) = 0;
  virtual Result<std::uint64_t> size(const std::string& path) = 0;
  /// How much more the disk that holds this path can take.
  virtual Result<std::uint64_t> free_bytes(const std::string& path) = 0;
  virtual Result<Instant> modified(const std::string& path) = 0;
  /// The names in a folder, sorted, without `.` and `..`.
  virtual Result<std::vector<std::string>> list(const std::string& folder) = 0;

  /// The folder above must exist; it is no error when this one does.
  virtual Result<> create_directory(const std::string& path) = 0;
  virtual Result<> remove_directory(const std::string& path) = 0;
  virtual Result<> remove(const std::string& path) = 0;
  /// All at once, in place of what is there.
  virtual Result<> rename(const std::string& from, const std::string& to) = 0;
  /// A second name for the same file.
  virtual Result<> link(const std::string& from, const std::string& to) = 0;
  virtual Result<> sync_directory(const std::string& path) = 0;

  /// Against other processes and other holders in this one; conflict when it is held. Creates the file.
  virtual Result<std::unique_ptr<FileLock>> lock(const std::string& path) = 0;
};

/// The machine's files; lives as long as the program.
FileSystem& system_files();

/// "." of a name alone, "/" of what lies in it.
std::string folder_above(const std::string& path);
/// A folder that is there, and whose name is safe, when this returns; the one above exists.
Result<> make_folder(FileSystem& files, const std::string& path);
/// A whole file of at most `limit` bytes; too_large beyond.
Result<std::string> read_whole_file(FileSystem& files, const std::string& path, std::size_t limit);
/// A file that is there with these bytes or with those before, whatever happens: written beside, synced, renamed.
Result<> replace_file(FileSystem& files, const std::string& path, std::string_view bytes);

}  // namespace meridian
