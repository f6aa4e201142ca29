// A file system in memory that loses power and breaks on demand, as strictly as POSIX allows.
//
//   FaultFileSystem files;
//   write_something(files);
//   files.crash();                       // only what was synced, under names that were synced, is still there
//
//   for (std::size_t n = 1; n <= calls; ++n) {        // each place where the power can fail
//     FaultFileSystem files;
//     files.fail_at(n, Fault::power_off);
//     write_something(files);            // meets an error at the n-th call that changes anything, and from then on
//     files.crash();
//     EXPECT_TRUE(recovers(files));
//   }
//
// Files opened before a crash are stale afterwards and fail. Any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/file_system.hpp"

namespace meridian {
class Random;
}

namespace meridian::testing {

enum class Fault : std::uint8_t {
  fail,       ///< the call does nothing and fails; the next ones work
  tear,       ///< an append writes half of its bytes and fails; other calls do nothing and fail
  power_off,  ///< as tear, and every call after it fails until `crash`
};

class FaultFileSystem final : public FileSystem {
 public:
  FaultFileSystem();
  ~FaultFileSystem() override;

  /// The power goes and comes back: everything that was not synced is forgotten, names too. Locks are free.
  void crash();
  /// The same, but some of what was not synced has reached the disk all the same: parts of appended bytes, some names.
  void crash(Random& random);
  /// The n-th call from now on that changes anything, counted from 1, meets this fault.
  void fail_at(std::size_t n, Fault fault);
  /// From now on so many bytes can be appended; what is removed makes room. An append that finds too little writes what
  /// fits and is busy.
  void set_room(std::uint64_t bytes);
  /// How many calls changed something or tried to since the beginning.
  std::size_t calls() const;

  Result<std::unique_ptr<SequentialFile>> open_sequential(const std::string& path) override;
  Result<std::unique_ptr<RandomAccessFile>> open_random_access(const std::string& path) override;
  Result<std::unique_ptr<WritableFile>> open_writable(const std::string& path, WriteMode mode) override;
  Result<bool> exists(const std::string& path) override;
  Result<std::uint64_t> size(const std::string& path) override;
  Result<std::uint64_t> free_bytes(const std::string& path) override;
  Result<Instant> modified(const std::string& path) override;
  Result<std::vector<std::string>> list(const std::string& folder) override;
  Result<> create_directory(const std::string& path) override;
  Result<> remove_directory(const std::string& path) override;
  Result<> remove(const std::string& path) override;
  Result<> rename(const std::string& from, const std::string& to) override;
  Result<> link(const std::string& from, const std::string& to) override;
  Result<> sync_directory(const std::string& path) override;
  Result<std::unique_ptr<FileLock>> lock(const std::string& path) override;

  struct Disk;  // of the source alone

 private:
  std::shared_ptr<Disk> disk_;
};

}  // namespace meridian::testing
