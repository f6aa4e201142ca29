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
  /// Of a part; all points share them, so a point may be given more than it had.
  struct Blobs {
    std::string path;  ///< within the data folder and the back-up: "archive/objects"
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
  };
  struct Point {
    BackupPoint about;
    std::vector<File> files;
    std::vector<Blobs> blobs;
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
  /// Brings the blobs that are not there yet, and counts them; those that go meanwhile are left out.
  Result<Blobs> take_blobs(const kv::Blobs& from, const std::string& path, BackupMade& made) const;
  /// Copies all of them out, into a folder that is there. io_failure when some are missing.
  Result<> give_blobs(const Blobs& blobs, const std::string& to) const;
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
