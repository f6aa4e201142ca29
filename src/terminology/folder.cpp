#include "terminology/folder.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/file_system.hpp"
#include "base/hash.hpp"
#include "terminology/image.hpp"

namespace meridian::terminology {
namespace {

constexpr std::string_view kEnding = ".codes";

std::string name_of(std::string_view url, std::string_view version) {
  return fmt::format("{:016x}{}", hash64(std::string(url) + "|" + std::string(version)), kEnding);
}

Result<std::string> whole(FileSystem& files, const std::string& path) {
  std::string bytes(TRY(files.size(path)), '\0');
  const auto file = TRY(files.open_random_access(path));
  std::size_t have = 0;
  while (have < bytes.size()) {
    const std::size_t got = TRY(file->read_at(have, std::span(bytes).subspan(have)));
    if (got == 0) break;
    have += got;
  }
  bytes.resize(have);
  return bytes;
}

}  // namespace

Result<Folder> Folder::open(FileSystem& files, std::string path) {
  TRY(make_folder(files, path));
  return Folder(files, std::move(path));
}

Result<Folder::Contents> Folder::load() const {
  Contents made;
  for (const std::string& name : TRY(files_->list(path_))) {
    if (!name.ends_with(kEnding)) continue;
    Result<std::string> bytes = whole(*files_, path_ + "/" + name);
    Result<CodeSystemPtr> system = bytes ? read_image(*bytes) : Result<CodeSystemPtr>(fail(bytes.error()));
    if (system) {
      made.systems.push_back(*std::move(system));
    } else {
      made.faults.push_back(name + ": " + std::string(system.error().message()));
    }
  }
  return made;
}

Result<> Folder::put(const CodeSystem& system) {
  const std::string name = path_ + "/" + name_of(system.about().url, system.about().version);
  const std::string part = name + ".part";
  auto file = TRY(files_->open_writable(part, WriteMode::replace));
  TRY(file->append(write_image(system)));
  TRY(file->sync());
  TRY(file->close());
  TRY(files_->rename(part, name));
  return files_->sync_directory(path_);
}

Result<bool> Folder::remove(std::string_view url, std::string_view version) {
  const std::string name = path_ + "/" + name_of(url, version);
  if (!TRY(files_->exists(name))) return false;
  TRY(files_->remove(name));
  TRY(files_->sync_directory(path_));
  return true;
}

}  // namespace meridian::terminology
