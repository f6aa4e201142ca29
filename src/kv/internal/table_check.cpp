#include "kv/internal/table_check.hpp"

#include <rocksdb/options.h>
#include <rocksdb/sst_file_reader.h>
#include <rocksdb/table_properties.h>

namespace meridian::kv {
namespace {

rocksdb::Status look_at(rocksdb::Env* env, const std::string& path) {
  rocksdb::Options options;
  options.env = env;
  options.paranoid_checks = true;
  rocksdb::SstFileReader reader(options);
  if (rocksdb::Status opened = reader.Open(path); !opened.ok()) return opened;
  if (reader.GetTableProperties() == nullptr) return rocksdb::Status::Corruption("it has no properties");
  return rocksdb::Status::OK();
}

}  // namespace

Result<std::vector<std::string>> tables_in(FileSystem& files, const std::string& folder) {
  std::vector<std::string> tables;
  for (const std::string& name : TRY(files.list(folder))) {
    if (name.ends_with(".sst")) tables.push_back(std::string(folder).append("/").append(name));
  }
  return tables;
}

Result<> check_tables(FileSystem& files, rocksdb::Env* env, const std::vector<std::string>& tables) {
  for (const std::string& path : tables) {
    const rocksdb::Status status = look_at(env, path);
    if (status.ok() || !TRY(files.exists(path))) continue;
    // The text of a status may hold bytes of the file.
    return fail(ErrorCode::io_failure, path + ": the table is damaged; restore the file or a back-up");
  }
  return {};
}

}  // namespace meridian::kv
