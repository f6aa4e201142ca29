// ExportWriter: the resources of one type as NDJSON in a file of zstd frames, a megabyte each.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/file_system.hpp"
#include "base/result.hpp"

namespace meridian::rest {

class ExportWriter {
 public:
  static Result<ExportWriter> create(FileSystem& files, const std::string& path);

  Result<> add(std::string_view resource);
  /// Durable when it returns. A file without resources is not kept.
  Result<> finish();
  std::uint64_t count() const { return count_; }

 private:
  ExportWriter(FileSystem& files, std::string path, std::unique_ptr<WritableFile> file)
      : files_(&files), path_(std::move(path)), file_(std::move(file)) {}
  Result<> flush();
  FileSystem* files_;
  std::string path_;
  std::unique_ptr<WritableFile> file_;
  std::string waiting_;
  std::uint64_t count_ = 0;
};

}  // namespace meridian::rest
