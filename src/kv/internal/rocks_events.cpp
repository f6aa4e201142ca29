#include "kv/internal/rocks_events.hpp"

#include "base/log.hpp"
#include "kv/internal/rocks_status.hpp"

namespace meridian::kv {

RocksEvents::RocksEvents(DiskReserve& reserve)
    : reserve_(reserve),
      commits_(metrics().counter({"meridian_kv_commits", "Commits written by the embedded engine"})),
      committed_bytes_(metrics().counter({"meridian_kv_commit_bytes", "Keys and values of commits", "bytes"})),
      flushes_(metrics().counter({"meridian_kv_flushes", "Write buffers written to files"})),
      compactions_(metrics().counter({"meridian_kv_compactions", "Merges of files in the background"})),
      compacted_read_(metrics().counter({"meridian_kv_compaction_read_bytes", "Read by merges", "bytes"})),
      compacted_written_(metrics().counter({"meridian_kv_compaction_written_bytes", "Written by merges", "bytes"})),
      stalls_(metrics().counter({"meridian_kv_stalls", "Times that commits had to wait for flushes or merges"})),
      errors_(metrics().counter({"meridian_kv_background_errors", "Flushes, merges or writes that failed"})) {}

void RocksEvents::OnFlushCompleted(rocksdb::DB* /*database*/, const rocksdb::FlushJobInfo& /*info*/) {
  flushes_.add();
}

void RocksEvents::OnCompactionCompleted(rocksdb::DB* /*database*/, const rocksdb::CompactionJobInfo& info) {
  compactions_.add();
  compacted_read_.add(info.stats.total_input_bytes);
  compacted_written_.add(info.stats.total_output_bytes);
}

void RocksEvents::OnStallConditionsChanged(const rocksdb::WriteStallInfo& info) {
  if (info.condition.cur == rocksdb::WriteStallCondition::kNormal) return;
  stalls_.add();
  log_warning("kv: commits wait for flushes or compactions",
              {{"space", info.cf_name}, {"stopped", info.condition.cur == rocksdb::WriteStallCondition::kStopped}});
}

void RocksEvents::OnBackgroundError(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status* error) {
  errors_.add();
  if (error->IsNoSpace()) reserve_.mark_full();
  log_error("kv: the engine met an error", {{"error", error_of(*error).message()}});
}

/// Its own way polls for free space every five seconds and shuts ours out meanwhile; the next commit tries instead.
void RocksEvents::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason /*reason*/, rocksdb::Status /*error*/,
                                       bool* is_automatic) {
  *is_automatic = false;
}

}  // namespace meridian::kv
