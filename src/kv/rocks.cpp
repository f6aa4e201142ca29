#include "kv/rocks.hpp"

#include <rocksdb/env.h>
#include <rocksdb/rate_limiter.h>
#include <rocksdb/write_buffer_manager.h>

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "kv/internal/log_check.hpp"
#include "kv/internal/rocks_files.hpp"
#include "kv/internal/rocks_kv.hpp"
#include "kv/internal/rocks_status.hpp"
#include "kv/internal/rocks_tuning.hpp"
#include "kv/internal/table_check.hpp"

namespace meridian::kv {
namespace {

constexpr std::uint64_t kMB = 1 << 20;

/// RocksDB's own lines may name keys; what matters of them comes through its events.
class Silence final : public rocksdb::Logger {
 public:
  Silence() : Logger(rocksdb::InfoLogLevel::HEADER_LEVEL) {}
  using Logger::Logv;
  void Logv(const char* /*format*/, va_list /*arguments*/) override {}
};

/// Whether the folder holds a store of a format that this program knows; false: nothing is there yet.
Result<bool> look_at(FileSystem& files, const std::string& folder) {
  if (!TRY(files.exists(folder))) return false;
  const Result<std::string> format = read_whole_file(files, folder + std::string(kFormatFile), 4096);
  const std::vector<std::string> names = TRY(files.list(folder));
  const auto holds = [&](auto matches) { return std::any_of(names.begin(), names.end(), matches); };
  const bool has_current = holds([](const std::string& name) { return name == "CURRENT"; });
  if (!format && format.error().code() != ErrorCode::not_found) return fail(format.error());
  if (format && *format != kFormat) {
    return fail(ErrorCode::unsupported,
                folder + ": its format is not one that this program knows; a later release made it, use that one");
  }
  if (has_current && !format) {
    return fail(ErrorCode::unsupported, folder + ": it holds another program's database");
  }
  if (!has_current && holds([](const std::string& name) { return name.ends_with(".sst"); })) {
    return fail(ErrorCode::io_failure, folder + "/CURRENT: missing beside the store's other files");
  }
  return has_current;
}

Result<> prepare_folder(FileSystem& files, const std::string& folder) {
  TRY(make_folder(files, folder));
  return replace_file(files, folder + std::string(kFormatFile), kFormat);
}

Result<> sweep_loads(FileSystem& files, const std::string& folder) {
  for (const std::string& name : TRY(files.list(folder))) {
    if (name.starts_with(kLoadPrefix)) TRY(files.remove(std::string(folder).append("/").append(name)));
  }
  return {};
}

Result<> refuse_unknown_spaces(const rocksdb::DBOptions& database, const std::string& folder,
                               std::span<const SpaceDefinition> spaces) {
  std::vector<std::string> names;
  TRY(result_of(rocksdb::DB::ListColumnFamilies(database, folder, &names)));
  for (const std::string& name : names) {
    const bool is_known =
        name == rocksdb::kDefaultColumnFamilyName ||
        std::any_of(spaces.begin(), spaces.end(), [&](const auto& space) { return space.name == name; });
    if (!is_known) {
      return fail(ErrorCode::unsupported, folder + ": it has the space " + name +
                                              ", which this program does not know; a later release made it");
    }
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<Kv>> open_rocks(std::span<const SpaceDefinition> spaces, RocksOptions options) {
  RocksParts parts;
  parts.folder = options.folder;
  parts.files = options.files != nullptr ? options.files : &system_files();
  parts.flush_at_close = options.flush_at_close;
  FileSystem& files = *parts.files;
  if (options.memory != nullptr) parts.memory = TRY(options.memory->account("kv").reserve(options.memory_bytes));

  const bool was_there = TRY(look_at(files, options.folder));
  if (!was_there && !options.create_if_missing) {
    return fail(ErrorCode::not_found, options.folder + ": no store is there");
  }
  if (!was_there) TRY(prepare_folder(files, options.folder));
  parts.lock = TRY(files.lock(options.folder + "/IN-USE"));
  TRY(sweep_loads(files, options.folder));
  TRY(check_logs(files, options.folder));

  const RocksMemory memory(options.memory_bytes);
  parts.reserve = std::make_unique<DiskReserve>(files, options.folder + std::string(kReserveFile),
                                                std::clamp<std::uint64_t>(options.memory_bytes / 8, kMB, 16 * kMB),
                                                memory.write_buffers->buffer_size());
  // A store on a full disk can still be opened and read.
  if (const Result<> refilled = parts.reserve->refill(); !refilled && refilled.error().code() != ErrorCode::busy) {
    return fail(refilled.error());
  }
  parts.env = rocksdb::NewCompositeEnv(rocks_files(files, *parts.reserve));
  parts.events = std::make_shared<RocksEvents>(*parts.reserve);
  rocksdb::DBOptions database = database_options(options, memory);
  database.env = parts.env.get();
  database.info_log = std::make_shared<Silence>();
  database.listeners.push_back(parts.events);
  if (was_there) TRY(refuse_unknown_spaces(database, options.folder, spaces));

  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const SpaceDefinition& space : spaces) {
    families.emplace_back(std::string(space.name), space_options(space, memory));
    parts.prefixes.push_back(space.prefix);
  }
  families.emplace_back(rocksdb::kDefaultColumnFamilyName, space_options({.name = "default"}, memory));
  rocksdb::DB* opened = nullptr;
  rocksdb::Status status = rocksdb::DB::Open(database, options.folder, families, &parts.families, &opened);
  if (status.IsNoSpace() && parts.reserve->give_up()) {
    // What the log holds stays in it and in memory, until there is room.
    database.avoid_flush_during_recovery = true;
    status = rocksdb::DB::Open(database, options.folder, families, &parts.families, &opened);
  }
  if (status.IsCorruption()) TRY(check_tables(files, parts.env.get(), TRY(tables_in(files, options.folder))));
  TRY(result_of(status));
  parts.database.reset(opened);
  // The one that RocksDB insists on is last and holds nothing.
  opened->DestroyColumnFamilyHandle(parts.families.back());
  parts.families.pop_back();
  return std::make_unique<RocksKv>(std::move(parts));
}

}  // namespace meridian::kv
