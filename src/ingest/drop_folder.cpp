#include "ingest/drop_folder.hpp"

#include <algorithm>
#include <utility>

#include "base/file_system.hpp"

namespace meridian::ingest {
namespace {

constexpr const char* kTaken = "taken";

bool is_candidate(const std::string& name) {
  return !name.starts_with('.') && !name.ends_with(".part") && !name.ends_with(".tmp") && name != kTaken;
}

}  // namespace

DropFolder::DropFolder(std::string folder, FileSystem* files)
    : folder_(std::move(folder)), files_(files != nullptr ? *files : system_files()) {}

Result<std::vector<std::string>> DropFolder::look() {
  if (!TRY(files_.exists(folder_))) TRY(files_.create_directory(folder_));
  std::map<std::string, Seen> seen;
  std::vector<std::string> ready;
  for (const std::string& name : TRY(files_.list(folder_))) {
    if (!is_candidate(name)) continue;
    const std::string path = path_of(name);
    // What goes away meanwhile, or is a folder, has none.
    const Result<std::uint64_t> size = files_.size(path);
    const Result<Instant> modified = files_.modified(path);
    if (!size || !modified) continue;
    const Seen now{*size, *modified};
    if (const auto before = seen_.find(name); before != seen_.end() && before->second == now) ready.push_back(name);
    seen.emplace(name, now);
  }
  seen_ = std::move(seen);
  std::ranges::sort(ready);
  return ready;
}

Result<> DropFolder::set_aside(const std::string& name) {
  const std::string taken = path_of(kTaken);
  if (!TRY(files_.exists(taken))) TRY(files_.create_directory(taken));
  std::string to = taken + '/' + name;
  for (int n = 2; TRY(files_.exists(to)); ++n) to = taken + '/' + name + '.' + std::to_string(n);
  seen_.erase(name);
  return files_.rename(path_of(name), to);
}

}  // namespace meridian::ingest
