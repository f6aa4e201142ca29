#include "kv/internal/rocks_kv.hpp"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/utilities/checkpoint.h>
#include <rocksdb/write_batch.h>

#include "kv/internal/log_check.hpp"
#include "kv/internal/rocks_status.hpp"
#include "kv/internal/rocks_view.hpp"
#include "kv/internal/table_check.hpp"

namespace meridian::kv {
namespace {

using rocksdb::Slice;

/// Less than this is not worth a file of its own.
constexpr std::size_t kLoadByFile = std::size_t{1} << 20;

Slice slice(std::string_view bytes) {
  return {bytes.data(), bytes.size()};
}

rocksdb::WriteOptions write_options(Durability durability) {
  rocksdb::WriteOptions options;
  options.sync = durability == Durability::synced;
  return options;
}

bool is_condition(const Batch::Entry& entry) {
  return entry.kind == Batch::Entry::Kind::absent || entry.kind == Batch::Entry::Kind::value;
}

}  // namespace

RocksKv::~RocksKv() {
  if (parts_.flush_at_close) {
    rocksdb::FlushOptions flush;
    flush.allow_write_stall = true;
    static_cast<void>(database().Flush(flush, parts_.families));  // what cannot be written now stays in the log
  }
  for (rocksdb::ColumnFamilyHandle* handle : parts_.families) database().DestroyColumnFamilyHandle(handle);
  parts_.database.reset();
}

std::unique_ptr<View> RocksKv::view() const {
  return std::make_unique<RocksView>(parts_);
}

Result<> RocksKv::commit(const Batch& batch, Durability durability) {
  TRY(check_batch(batch, parts_.families.size()));
  rocksdb::WriteBatch changes(batch.bytes() + batch.entries().size() * 12 + 16);
  for (const Batch::Entry& entry : batch.entries()) {
    if (entry.kind == Batch::Entry::Kind::put) {
      TRY(result_of(changes.Put(family(entry.space), slice(batch.key(entry)), slice(batch.value(entry)))));
    } else if (entry.kind == Batch::Entry::Kind::erase) {
      TRY(result_of(changes.Delete(family(entry.space), slice(batch.key(entry)))));
    }
  }
  const KeyClaims::Held held(claims_, batch);
  TRY(check_conditions(batch));
  if (changes.Count() == 0) return durability == Durability::synced ? sync() : Result<>();
  TRY(write([&] { return database().Write(write_options(durability), &changes); }));
  parts_.events->committed(batch.bytes());
  return {};
}

Result<> RocksKv::check_conditions(const Batch& batch) const {
  rocksdb::PinnableSlice value;
  for (const Batch::Entry& entry : batch.entries()) {
    if (!is_condition(entry)) continue;
    value.Reset();
    const rocksdb::Status status =
        database().Get(rocksdb::ReadOptions(), family(entry.space), slice(batch.key(entry)), &value);
    if (!status.ok() && !status.IsNotFound()) return fail(error_of(status));
    if (entry.kind == Batch::Entry::Kind::absent && status.ok()) {
      return fail(ErrorCode::conflict, "a key is there that must not be");
    }
    if (entry.kind == Batch::Entry::Kind::value && (!status.ok() || value != slice(batch.value(entry)))) {
      return fail(ErrorCode::conflict, "a key has another value than expected");
    }
  }
  return {};
}

template <typename Write>
Result<> RocksKv::write(Write write) {
  if (parts_.reserve->is_used()) TRY(resume_when_there_is_room());
  const rocksdb::Status status = write();
  if (status.IsNoSpace()) parts_.reserve->mark_full();
  return result_of(status);
}

/// After a full disk: lets the engine write what waits in memory, and goes on.
Result<> RocksKv::resume_when_there_is_room() {
  const std::unique_lock lock(resuming_, std::try_to_lock);
  if (!lock.owns_lock()) return fail(ErrorCode::busy, "the disk is full");
  // A flush that met the full disk just before may end only now, and its error be the answer: asked again while there
  // is room.
  rocksdb::Status status;
  for (int attempt = 0; attempt < 3; ++attempt) {
    TRY(parts_.reserve->refill());
    status = database().Resume();
    if (status.ok() && !parts_.reserve->is_used()) return {};
    parts_.reserve->mark_full();
    if (!status.ok() && !status.IsNoSpace() && !status.IsBusy()) break;
  }
  return status.ok() ? fail(ErrorCode::busy, "the disk is full") : result_of(status);
}

Result<> RocksKv::sync() {
  return result_of(database().SyncWAL());
}

Result<> RocksKv::load(SpaceId space, std::span<const std::pair<std::string, std::string>> entries) {
  if (static_cast<std::size_t>(space) >= parts_.families.size()) {
    return fail(ErrorCode::invalid_argument, "no such space");
  }
  TRY(check_load(entries));
  std::size_t bytes = 0;
  for (const auto& [key, value] : entries) bytes += key.size() + value.size();
  if (bytes < kLoadByFile) return load_by_commits(space, entries);
  const std::string path =
      parts_.folder + "/" + std::string(kLoadPrefix) + std::to_string(loads_.fetch_add(1)) + ".sst";
  const Result<> loaded = load_by_file(space, entries, path);
  // After success only its other name is left. What cannot be removed now is swept at the next opening.
  if (!loaded) static_cast<void>(parts_.files->remove(path));
  return loaded;
}

Result<> RocksKv::load_by_commits(SpaceId space, std::span<const std::pair<std::string, std::string>> entries) {
  rocksdb::WriteBatch changes;
  for (const auto& [key, value] : entries) TRY(result_of(changes.Put(family(space), key, value)));
  if (changes.Count() == 0) return {};
  return write([&] { return database().Write(write_options(Durability::written), &changes); });
}

Result<> RocksKv::load_by_file(SpaceId space, std::span<const std::pair<std::string, std::string>> entries,
                               const std::string& path) {
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), database().GetOptions(family(space)), family(space));
  TRY(result_of(writer.Open(path)));
  for (const auto& [key, value] : entries) TRY(result_of(writer.Put(key, value)));
  TRY(result_of(writer.Finish()));
  rocksdb::IngestExternalFileOptions options;
  options.move_files = true;
  options.failed_move_fall_back_to_copy = true;
  options.write_global_seqno = false;
  return write([&] { return database().IngestExternalFile(family(space), {path}, options); });
}

Result<> RocksKv::erase_range(SpaceId space, const Range& range) {
  if (static_cast<std::size_t>(space) >= parts_.families.size()) {
    return fail(ErrorCode::invalid_argument, "no such space");
  }
  std::string end = range.end;
  if (end.empty()) {
    const std::unique_ptr<View> now = view();
    const std::unique_ptr<Cursor> last = now->scan(space, range, Direction::backward);
    TRY(last->status());
    if (!last->valid()) return {};
    end = std::string(last->key()) + '\0';
  }
  if (range.begin >= end) return {};
  return write(
      [&] { return database().DeleteRange(write_options(Durability::written), family(space), range.begin, end); });
}

std::uint64_t RocksKv::disk_bytes(SpaceId space, const Range& range) const {
  std::string end = range.end;
  if (end.empty()) end.assign(kMaxKeyBytes, '\xff');
  const rocksdb::Range asked(range.begin, end);
  rocksdb::SizeApproximationOptions options;
  options.include_memtables = true;
  options.include_files = true;
  std::uint64_t bytes = 0;
  return database().GetApproximateSizes(options, family(space), &asked, 1, &bytes).ok() ? bytes : 0;
}

Result<> RocksKv::verify() const {
  TRY(check_logs(*parts_.files, parts_.folder));
  TRY(result_of(database().VerifyChecksum(rocksdb::ReadOptions())));
  // What the engine keeps open it does not read again from the file. Those in use, not what is just being written.
  std::vector<rocksdb::LiveFileMetaData> live;
  database().GetLiveFilesMetaData(&live);
  std::vector<std::string> tables;
  for (const rocksdb::LiveFileMetaData& file : live) tables.push_back(parts_.folder + file.name);
  return check_tables(*parts_.files, parts_.env.get(), tables);
}

Result<> RocksKv::checkpoint(const std::string& folder) {
  if (TRY(parts_.files->exists(folder))) return fail(ErrorCode::conflict, folder + ": it exists");
  rocksdb::Checkpoint* made = nullptr;
  TRY(result_of(rocksdb::Checkpoint::Create(&database(), &made)));
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(made);
  TRY(write([&] { return checkpoint->CreateCheckpoint(folder); }));
  return replace_file(*parts_.files, folder + std::string(kFormatFile), kFormat);
}

}  // namespace meridian::kv
