#include "base/file_system.hpp"

namespace meridian {

Result<std::unique_ptr<WritableFile>> FileSystem::open_streamed(const std::string& path) {
  return open_writable(path, WriteMode::create_new);
}

Result<std::string> read_whole_file(FileSystem& files, const std::string& path, std::size_t limit) {
  constexpr std::size_t kStep = std::size_t{64} << 10;
  const std::unique_ptr<SequentialFile> file = TRY(files.open_sequential(path));
  std::string bytes;
  for (;;) {
    const std::size_t before = bytes.size();
    bytes.resize(before + kStep);
    const std::size_t got = TRY(file->read(std::span(bytes).subspan(before)));
    bytes.resize(before + got);
    if (got == 0) return bytes;
    if (bytes.size() > limit) {
      return fail(ErrorCode::too_large, path + " has more than " + std::to_string(limit) + " bytes");
    }
  }
}

std::string folder_above(const std::string& path) {
  const std::size_t slash = path.find_last_of('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

Result<> make_folder(FileSystem& files, const std::string& path) {
  const bool was_there = TRY(files.exists(path));
  TRY(files.create_directory(path));
  const Result<> synced = files.sync_directory(folder_above(path));
  // Whoever made it long ago may keep the folder above from being read.
  return was_there ? Result<>() : synced;
}

Result<> replace_file(FileSystem& files, const std::string& path, std::string_view bytes) {
  const std::string beside = path + ".new";
  const std::unique_ptr<WritableFile> file = TRY(files.open_writable(beside, WriteMode::replace));
  TRY(file->append(bytes));
  TRY(file->sync());
  TRY(file->close());
  TRY(files.rename(beside, path));
  return files.sync_directory(folder_above(path));
}

}  // namespace meridian
