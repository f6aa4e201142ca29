#include "app/dicom_files.hpp"

#include <algorithm>
#include <filesystem>

namespace meridian::app {

Result<std::vector<std::string>> dicom_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    std::vector<std::string> found;
    for (auto at = std::filesystem::recursive_directory_iterator(path, error);
         at != std::filesystem::recursive_directory_iterator(); at.increment(error)) {
      if (error) break;
      if (at->is_regular_file(error)) found.push_back(at->path().string());
    }
    if (error) return fail(ErrorCode::io_failure, path + " cannot be read: " + error.message());
    std::sort(found.begin(), found.end());
    files.insert(files.end(), found.begin(), found.end());
  }
  return files;
}

}  // namespace meridian::app
