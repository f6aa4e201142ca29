// What RocksDB does in the background, as metrics and log lines; and whether it waits for room on the disk.
#pragma once

#include <rocksdb/listener.h>

#include <atomic>

#include "base/metrics.hpp"

namespace meridian::kv {

class RocksEvents final : public rocksdb::EventListener {
 public:
  RocksEvents();

  /// Set when something met a full disk; whoever makes it work again takes it back.
  bool is_full() const { return is_full_.load(std::memory_order_acquire); }
  void set_full(bool is_full) { is_full_.store(is_full, std::memory_order_release); }
  void committed(std::size_t bytes) {
    commits_.add();
    committed_bytes_.add(bytes);
  }

  void OnFlushCompleted(rocksdb::DB* database, const rocksdb::FlushJobInfo& info) override;
  void OnCompactionCompleted(rocksdb::DB* database, const rocksdb::CompactionJobInfo& info) override;
  void OnStallConditionsChanged(const rocksdb::WriteStallInfo& info) override;
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error, bool* is_automatic) override;

 private:
  std::atomic<bool> is_full_ = false;
  Counter& commits_;
  Counter& committed_bytes_;
  Counter& flushes_;
  Counter& compactions_;
  Counter& compacted_read_;
  Counter& compacted_written_;
  Counter& stalls_;
  Counter& errors_;
};

}  // namespace meridian::kv
