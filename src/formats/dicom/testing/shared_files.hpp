// The DICOM files of the outside data (dicom/*.tar.zst), read once, and other programs that tests compare with.
#pragma once

#include <cstdio>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/paths.hpp"

namespace meridian::dicom::testing {

struct SharedFile {
  std::string name;  ///< "pydicom/test_files/CT_small.dcm"
  std::string bytes;
};

/// READMEs, licences, dumps and the like are no DICOM files.
inline bool is_beside(const std::string& name) {
  for (const char* end : {".txt", ".md", ".dump", ".json", ".icc", ".jpeg", "README"}) {
    if (name.ends_with(end)) return true;
  }
  return false;
}

inline void add_archive(const std::string& path, std::vector<SharedFile>& out) {
  auto source = open_input(path);
  if (!source) return;
  TarReader tar(**source);
  for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
    std::string name = (*entry)->name;
    auto bytes = tar.read_entry();
    if (!bytes || is_beside(name)) continue;
    auto plain = decompress(memory_source(*bytes));
    if (!plain) continue;
    auto all = read_all(**plain, std::uint64_t{256} << 20);
    if (!all) continue;
    out.push_back({std::move(name), std::move(*all)});
  }
}

/// Empty where this machine lacks them.
inline const std::vector<SharedFile>& shared_files() {
  static const std::vector<SharedFile> kFiles = [] {
    std::vector<SharedFile> all;
    for (const char* archive : {"dcmqi", "dicomParser", "highdicom", "pydicom"}) {
      const auto path = meridian::testing::shared_data("dicom/" + std::string(archive) + ".tar.zst");
      if (path) add_archive(path->string(), all);
    }
    return all;
  }();
  return kFiles;
}

/// What a program prints, when it ends well.
inline bool run_program(std::initializer_list<std::string_view> words, std::string& output) {
  output.clear();
  std::string command;
  for (const std::string_view word : words) command.append(word).append(" ");
  std::FILE* pipe = popen(command.append("2>/dev/null").c_str(), "r");
  if (pipe == nullptr) return false;
  char buffer[1 << 16];
  for (std::size_t got = 0; (got = std::fread(buffer, 1, sizeof buffer, pipe)) > 0;) output.append(buffer, got);
  return pclose(pipe) == 0;
}

inline bool has_program(const std::string& name) {
  std::string output;
  return run_program({"command -v", name}, output) && !output.empty();
}

}  // namespace meridian::dicom::testing
