// What RocksDB does in the background, as metrics and log lines; a full disk is told to the reserve.
#pragma once

#include <rocksdb/listener.h>

#include "base/metrics.hpp"
#include "kv/internal/disk_reserve.hpp"

namespace meridian::kv {

class RocksEvents final : public rocksdb::EventListener {
 public:
  explicit RocksEvents(DiskReserve& reserve);

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
  DiskReserve& reserve_;
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
