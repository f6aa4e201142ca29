#include "rest/export_writer.hpp"

#include "http/compression.hpp"

namespace meridian::rest {
namespace {
constexpr std::size_t kFrame = std::size_t{1} << 20;
}

Result<ExportWriter> ExportWriter::create(FileSystem& files, const std::string& path) {
  return ExportWriter(files, path, TRY(files.open_writable(path, WriteMode::replace)));
}

Result<> ExportWriter::add(std::string_view resource) {
  waiting_ += resource;
  waiting_ += '\n';
  ++count_;
  return waiting_.size() < kFrame ? Result<>() : flush();
}

Result<> ExportWriter::flush() {
  if (waiting_.empty()) return {};
  TRY(file_->append(http::compress(http::Coding::zstd, waiting_)));
  waiting_.clear();
  return {};
}

Result<> ExportWriter::finish() {
  TRY(flush());
  TRY(file_->sync());
  TRY(file_->close());
  return count_ > 0 ? Result<>() : files_->remove(path_);
}

}  // namespace meridian::rest
