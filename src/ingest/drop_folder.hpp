// DropFolder: a folder into which others put files, one by one.
//
// A file is ready when two looks in a row found it alike, in size and in time, so that one that is still being written
// is let be; names that begin with a dot or end with .part or .tmp are never looked at. What was taken is set aside in
// taken/, beside the others. One thread.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace meridian {
class FileSystem;
}

namespace meridian::ingest {

class DropFolder {
 public:
  explicit DropFolder(std::string folder, FileSystem* files = nullptr);

  /// Names of the files that are ready, in order. The folder is made when it is not there.
  Result<std::vector<std::string>> look();
  std::string path_of(const std::string& name) const { return folder_ + '/' + name; }
  /// Under another name when there is one of that name already.
  Result<> set_aside(const std::string& name);

 private:
  struct Seen {
    std::uint64_t size = 0;
    Instant modified;
    bool operator==(const Seen&) const = default;
  };
  const std::string folder_;
  FileSystem& files_;
  std::map<std::string, Seen> seen_;
};

}  // namespace meridian::ingest
