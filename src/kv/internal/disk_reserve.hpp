// DiskReserve: a file of zeros that is given up when the disk is full, so that what has begun can be written to its
// end.
//
// RocksDB cannot go on after its log or its manifest was written in part. When the disk refuses one of their bytes, the
// reserve is removed and the rest written; from then on `is_used` says that nothing new should begin, until `refill`
// finds room for the reserve and for what waits in memory to be written. Any thread.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "base/file_system.hpp"

namespace meridian::kv {

class DiskReserve {
 public:
  /// `waiting` bytes may have to be written beside it. Nothing happens before `refill`.
  DiskReserve(FileSystem& files, std::string path, std::uint64_t bytes, std::uint64_t waiting)
      : files_(files), path_(std::move(path)), bytes_(bytes), waiting_(waiting) {}

  bool is_used() const { return is_used_.load(std::memory_order_acquire); }
  /// Something met a full disk. The reserve is kept for what cannot wait.
  void mark_full() { is_used_.store(true, std::memory_order_release); }
  /// False when there is none left.
  bool give_up();
  /// busy while there is too little room.
  Result<> refill();

 private:
  FileSystem& files_;
  std::string path_;
  std::uint64_t bytes_;
  std::uint64_t waiting_;
  std::mutex mutex_;
  std::atomic<bool> is_used_ = true;
};

}  // namespace meridian::kv
