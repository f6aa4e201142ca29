#include "kv/internal/rocks_status.hpp"

namespace meridian::kv {
namespace {

/// RocksDB's messages about order and overlap print keys.
std::string text_of(const rocksdb::Status& status) {
  std::string text = status.ToString();
  const bool names_file = text.find(".sst") != std::string::npos || text.find(".log") != std::string::npos ||
                          text.find("MANIFEST") != std::string::npos || text.find("CURRENT") != std::string::npos;
  const bool may_hold_key = text.find("key") != std::string::npos || text.find("Key") != std::string::npos;
  if (status.IsCorruption() && (may_hold_key || !names_file)) return "damaged data in the store's files";
  return text;
}

}  // namespace

Error error_of(const rocksdb::Status& status) {
  if (status.IsNoSpace()) return {ErrorCode::busy, "the disk is full: " + text_of(status)};
  if (status.IsBusy() || status.IsTimedOut() || status.IsIncomplete() || status.IsTryAgain()) {
    return {ErrorCode::busy, "the engine is busy: " + text_of(status)};
  }
  if (status.IsNotSupported()) return {ErrorCode::unsupported, text_of(status)};
  if (status.IsNotFound() || status.IsPathNotFound()) return {ErrorCode::io_failure, "missing: " + text_of(status)};
  return {ErrorCode::io_failure, text_of(status)};
}

Result<> result_of(const rocksdb::Status& status) {
  if (!status.ok()) return fail(error_of(status));
  return {};
}

rocksdb::IOStatus status_of(const Error& error) {
  if (error.code() == ErrorCode::not_found) return rocksdb::IOStatus::PathNotFound(error.message());
  if (error.code() == ErrorCode::busy) return rocksdb::IOStatus::NoSpace(error.message());
  return failure_of(error);
}

rocksdb::IOStatus failure_of(const Error& error) {
  return rocksdb::IOStatus::IOError(error.message());
}

rocksdb::IOStatus no_file(const std::string& path) {
  return rocksdb::IOStatus::NotFound(path);
}

}  // namespace meridian::kv
