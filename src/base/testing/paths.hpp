// Where tests find files: testdata beside the code, and the outside conformance data of ../shared,
// which may be absent (then the test is skipped and says so).
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>

namespace meridian::testing {

/// A file or folder of the source tree, given its path from the project's root.
inline std::filesystem::path source_path(const std::string& relative) {
  return std::filesystem::path(MERIDIAN_SOURCE_DIR) / relative;
}

/// A file or folder of the outside data (`fhirpath/r4`), or nothing when this machine lacks it. The
/// folder is `../shared/data` beside the project, or what MERIDIAN_SHARED_DATA names.
inline std::optional<std::filesystem::path> shared_data(const std::string& relative) {
  const char* named = std::getenv("MERIDIAN_SHARED_DATA");
  const std::filesystem::path root =
      named != nullptr ? std::filesystem::path(named) : source_path("../shared/data").lexically_normal();
  std::filesystem::path path = root / relative;
  if (!std::filesystem::exists(path)) return std::nullopt;
  return path;
}

}  // namespace meridian::testing
