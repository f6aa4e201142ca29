// Folder: the code systems that were loaded, kept below the data folder as images, a file each, replaced as a whole.
//
// What put() says is done is on the disk. A file that is damaged is left where it is and told, and the rest loads.
// Threads: one at a time. Errors: those of the file system.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "terminology/code_system.hpp"

namespace meridian {
class FileSystem;
}

namespace meridian::terminology {

class Folder {
 public:
  /// Made when it is not there. `files` outlives it.
  static Result<Folder> open(FileSystem& files, std::string path);

  struct Contents {
    std::vector<CodeSystemPtr> systems;
    std::vector<std::string> faults;  ///< names of files that cannot be read, and why
  };
  Result<Contents> load() const;
  Result<> put(const CodeSystem& system);
  /// False when there was none.
  Result<bool> remove(std::string_view url, std::string_view version);

 private:
  Folder(FileSystem& files, std::string path) : files_(&files), path_(std::move(path)) {}
  FileSystem* files_;
  std::string path_;
};

}  // namespace meridian::terminology
