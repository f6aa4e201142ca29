// BackupFolder: the points and files of a back-up, as backup.hpp describes them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/file_system.hpp"
#include "base/result.hpp"
#include "store/backup.hpp"

namespace meridian::store {

class BackupFolder {
 public:
  struct File {
    std::string path;  ///< within the data folder: "kv/000012.sst"
    std::uint64_t bytes = 0;
    std::string sha256;  ///< in hexadecimal digits
    Instant modified;    ///< of the file in the data folder
  };
  struct Point {
    BackupPoint about;
    std::vector<File> files;
  };
  struct Points {
    std::vector<Point> points;  ///< oldest first
    std::vector<std::string> damaged;
    std::uint64_t last = 0;  ///< the highest number, damaged ones included
  };

  /// not_found when it is no back-up.
  static Result<BackupFolder> open(FileSystem& files, std::string folder);
  /// Made when it is not there, or when its making was cut off.
  static Result<BackupFolder> open_or_make(FileSystem& files, std::string folder);

  Result<std::unique_ptr<FileLock>> lock() const;
  Result<Points> points() const;
  /// Adds a point whose files are all there: the one step that makes it count.
  Result<> add(const Point& point) const;

  enum class Held { whole, damaged, missing };
  /// Reads it and compares.
  Result<Held> look_at(const File& file) const;
  /// Copies a file in; says what it is. Safe by name only after add().
  Result<File> take(const std::string& from, const std::string& path) const;
  /// Copies a file out, comparing.
  Result<> give(const File& file, const std::string& to) const;
  /// Removes files that no point consists of.
  Result<> sweep(const std::vector<Point>& points) const;

 private:
  BackupFolder(FileSystem& files, std::string folder) : files_(&files), folder_(std::move(folder)) {}
  std::string path_of(const File& file) const;
  FileSystem* files_;
  std::string folder_;
};

/// The size and SHA-256 of a file as it is.
Result<BackupFolder::File> describe_file(FileSystem& files, const std::string& from, const std::string& path);

}  // namespace meridian::store
