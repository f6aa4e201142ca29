#include "store/internal/backup_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/callback.hpp"
#include "base/hash.hpp"
#include "base/hex.hpp"
#include "kv/file_blobs.hpp"

namespace meridian::store {
namespace {

constexpr std::string_view kMarker = "/MERIDIAN-BACKUP";
constexpr std::string_view kFormat = "meridian back-up 2\n";
constexpr std::string_view kFormerFormat = "meridian back-up 1\n";  // plain paths of two names, and no blobs
constexpr std::string_view kIncoming = "/files/incoming";
constexpr std::size_t kMaxPointBytes = std::size_t{256} << 20;
constexpr std::size_t kPiece = std::size_t{1} << 20;

Result<> read_through(FileSystem& files, const std::string& path,
                      const Callback<Result<>(std::string_view bytes)>& visit) {
  const std::unique_ptr<SequentialFile> file = TRY(files.open_sequential(path));
  std::string room(kPiece, '\0');
  for (;;) {
    const std::size_t got = TRY(file->read(room));
    if (got == 0) return {};
    TRY(visit(std::string_view(room).substr(0, got)));
  }
}

/// Copies and describes.
Result<BackupFolder::File> copy(FileSystem& files, const std::string& from, const std::string& to) {
  const std::unique_ptr<WritableFile> out = TRY(files.open_writable(to, WriteMode::replace));
  BackupFolder::File file;
  Sha256 hash;
  TRY(read_through(files, from, [&](std::string_view bytes) {
    hash.update(bytes);
    file.bytes += bytes.size();
    return out->append(bytes);
  }));
  TRY(out->sync());
  TRY(out->close());
  file.sha256 = to_hex(hash.finish());
  return file;
}

Result<> copy_blob(const kv::Blobs& from, const kv::BlobName& name, kv::Blobs& to) {
  const std::unique_ptr<RandomAccessFile> file = TRY(from.open(name));
  const std::unique_ptr<kv::Blobs::Writer> out = TRY(to.writer());
  std::string room(kPiece, '\0');
  for (std::uint64_t at = 0;;) {
    const std::size_t got = TRY(file->read_at(at, room));
    if (got == 0) return out->commit(name);
    TRY(out->append(std::string_view(room).substr(0, got)));
    at += got;
  }
}

std::string_view next_word(std::string_view& line) {
  const std::size_t space = line.find(' ');
  const std::string_view word = line.substr(0, space);
  line.remove_prefix(space == std::string_view::npos ? line.size() : space + 1);
  return word;
}

template <typename Number>
bool read_number(std::string_view word, Number& number) {
  const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
  return problem == std::errc() && end == word.data() + word.size();
}

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == '-' || c == '/';
}

/// As it stands in a line: plain letters, and %HH for all else.
std::string written(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (is_plain(c)) {
      out += c;
    } else {
      out += '%' + to_hex(std::string_view(&c, 1));
    }
  }
  return out;
}

/// "folder/file"; nothing that could lead elsewhere.
bool leads_inside(std::string_view path) {
  if (path.find('/') == std::string_view::npos || path.find('\0') != std::string_view::npos) return false;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string_view name = path.substr(0, slash);
    if (name.empty() || name == "." || name == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

std::optional<std::string> read_path(std::string_view line) {
  std::string path;
  for (; !line.empty(); line.remove_prefix(1)) {
    if (line.front() != '%') {
      if (!is_plain(line.front())) return std::nullopt;
      path += line.front();
      continue;
    }
    const Result<std::string> byte = from_hex(line.substr(1, 2));
    if (!byte || byte->size() != 1) return std::nullopt;
    path += *byte;
    line.remove_prefix(2);
  }
  if (!leads_inside(path)) return std::nullopt;
  return path;
}

bool is_digest(std::string_view word) {
  return word.size() == 64 && std::all_of(word.begin(), word.end(), [](char c) { return hex_digit(c) >= 0; });
}

std::string write_point(const BackupFolder::Point& point) {
  std::string text =
      fmt::format("{}time {}\ncommit {}\n", kFormat, point.about.time.microseconds(), point.about.commit.value());
  for (const BackupFolder::File& file : point.files) {
    text +=
        fmt::format("file {} {} {} {}\n", file.bytes, file.modified.microseconds(), file.sha256, written(file.path));
  }
  for (const BackupFolder::Blobs& blobs : point.blobs) {
    text += fmt::format("blobs {} {} {}\n", blobs.count, blobs.bytes, written(blobs.path));
  }
  return text + fmt::format("end {:08x}\n", crc32c(text));
}

bool read_line(std::string_view line, BackupFolder::Point& point) {
  const std::string_view word = next_word(line);
  std::int64_t number = 0;
  if (word == "time" && read_number(line, number)) {
    point.about.time = Instant::from_microseconds(number);
    return true;
  }
  if (word == "commit" && read_number(line, number) && number >= 0) {
    point.about.commit = CommitNumber(static_cast<std::uint64_t>(number));
    return true;
  }
  if (word == "blobs") {
    BackupFolder::Blobs blobs;
    if (!read_number(next_word(line), blobs.count) || !read_number(next_word(line), blobs.bytes)) return false;
    std::optional<std::string> path = read_path(line);
    if (!path) return false;
    blobs.path = *std::move(path);
    point.about.files += blobs.count;
    point.about.bytes += blobs.bytes;
    point.blobs.push_back(std::move(blobs));
    return true;
  }
  BackupFolder::File file;
  if (word != "file" || !read_number(next_word(line), file.bytes) || !read_number(next_word(line), number))
    return false;
  file.modified = Instant::from_microseconds(number);
  file.sha256 = next_word(line);
  std::optional<std::string> path = read_path(line);
  if (!is_digest(file.sha256) || !path) return false;
  file.path = *std::move(path);
  ++point.about.files;
  point.about.bytes += file.bytes;
  point.files.push_back(std::move(file));
  return true;
}

/// False when it is damaged.
bool read_point(std::string_view text, BackupFolder::Point& point) {
  constexpr std::size_t kEndBytes = 4 + 8 + 1;
  if (text.size() < kFormat.size() + kEndBytes || !(text.starts_with(kFormat) || text.starts_with(kFormerFormat))) {
    return false;
  }
  const std::string_view body = text.substr(0, text.size() - kEndBytes);
  if (text.substr(body.size()) != fmt::format("end {:08x}\n", crc32c(body))) return false;
  std::string_view rest = body.substr(kFormat.size());
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos || !read_line(rest.substr(0, end), point)) return false;
    rest.remove_prefix(end + 1);
  }
  return !point.files.empty();
}

}  // namespace

Result<BackupFolder::File> describe_file(FileSystem& files, const std::string& from, const std::string& path) {
  BackupFolder::File file;
  file.path = path;
  file.modified = TRY(files.modified(from));
  Sha256 hash;
  TRY(read_through(files, from, [&](std::string_view bytes) -> Result<> {
    hash.update(bytes);
    file.bytes += bytes.size();
    return {};
  }));
  file.sha256 = to_hex(hash.finish());
  return file;
}

Result<BackupFolder> BackupFolder::open(FileSystem& files, std::string folder) {
  const Result<std::string> format = read_whole_file(files, folder + std::string(kMarker), 4096);
  if (!format) {
    if (format.error().code() != ErrorCode::not_found) return fail(format.error());
    return fail(ErrorCode::not_found, folder + ": there is no back-up");
  }
  if (*format != kFormat && *format != kFormerFormat) {
    return fail(ErrorCode::unsupported, folder +
                                            ": a back-up of a form that this program does not know; a later release "
                                            "made it, use that one");
  }
  return BackupFolder(files, std::move(folder));
}

Result<BackupFolder> BackupFolder::open_or_make(FileSystem& files, std::string folder) {
  if (TRY(files.exists(folder))) {
    Result<BackupFolder> opened = open(files, folder);
    if (opened) TRY(replace_file(files, folder + std::string(kMarker), kFormat));  // points of both formats are read
    if (opened || opened.error().code() != ErrorCode::not_found) return opened;
    for (const std::string& name : TRY(files.list(folder))) {
      if (name == "points" || name == "files" || ("/" + name).starts_with(kMarker)) continue;
      return fail(ErrorCode::conflict, folder + ": it is not empty, and no back-up");
    }
  }
  TRY(make_folder(files, folder));
  TRY(files.create_directory(folder + "/points"));
  TRY(files.create_directory(folder + "/files"));
  TRY(replace_file(files, folder + std::string(kMarker), kFormat));
  return BackupFolder(files, std::move(folder));
}

Result<std::unique_ptr<FileLock>> BackupFolder::lock() const {
  return files_->lock(folder_ + "/lock");
}

Result<BackupFolder::Points> BackupFolder::points() const {
  Points found;
  for (const std::string& name : TRY(files_->list(folder_ + "/points"))) {
    Point point;
    if (!read_number(name, point.about.number)) continue;  // one that was not finished
    found.last = std::max(found.last, point.about.number);
    const std::string path = folder_ + "/points/" + name;
    const Result<std::string> text = read_whole_file(*files_, path, kMaxPointBytes);
    if (text && read_point(*text, point)) {
      found.points.push_back(std::move(point));
    } else {
      found.damaged.push_back(path);
    }
  }
  std::sort(found.points.begin(), found.points.end(),
            [](const Point& a, const Point& b) { return a.about.number < b.about.number; });
  return found;
}

Result<> BackupFolder::add(const Point& point) const {
  TRY(files_->sync_directory(folder_ + "/files"));
  return replace_file(*files_, folder_ + "/points/" + std::to_string(point.about.number), write_point(point));
}

std::string BackupFolder::path_of(const File& file) const {
  return folder_ + "/files/" + file.sha256;
}

Result<BackupFolder::Held> BackupFolder::look_at(const File& file) const {
  const std::string path = path_of(file);
  if (!TRY(files_->exists(path))) return Held::missing;
  if (TRY(files_->size(path)) != file.bytes) return Held::damaged;
  const Result<File> found = describe_file(*files_, path, file.path);
  // A block that the disk cannot read is damage as well.
  return found && found->sha256 == file.sha256 ? Held::whole : Held::damaged;
}

Result<BackupFolder::File> BackupFolder::take(const std::string& from, const std::string& path) const {
  const std::string incoming = folder_ + std::string(kIncoming);
  const Instant modified = TRY(files_->modified(from));
  File file = TRY(copy(*files_, from, incoming));
  file.path = path;
  file.modified = modified;
  TRY(files_->rename(incoming, path_of(file)));
  return file;
}

Result<> BackupFolder::give(const File& file, const std::string& to) const {
  const File given = TRY(copy(*files_, path_of(file), to));
  if (given.sha256 == file.sha256) return {};
  return fail(ErrorCode::io_failure, path_of(file) + ": damaged; it was " + file.path);
}

Result<BackupFolder::Blobs> BackupFolder::take_blobs(const kv::Blobs& from, const std::string& path,
                                                     BackupMade& made) const {
  for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    TRY(make_folder(*files_, folder_ + "/" + path.substr(0, slash)));
  }
  const std::unique_ptr<kv::Blobs> held = TRY(kv::open_file_blobs(*files_, folder_ + "/" + path));
  Blobs all;
  all.path = path;
  Result<> brought;
  TRY(from.visit([&](const kv::BlobName& name, std::uint64_t size) {
    const auto bring = [&]() -> Result<> {
      const bool is_there = TRY(held->exists(name));
      if (is_there && TRY(held->size(name)) == size) return {};
      if (is_there) {
        TRY(held->remove(name));
        ++made.mended_files;
      }
      TRY(copy_blob(from, name, *held));
      ++made.copied_files;
      made.copied_bytes += size;
      return {};
    };
    brought = bring();
    if (brought) {
      ++all.count;
      all.bytes += size;
    } else if (brought.error().code() == ErrorCode::not_found) {
      brought = Result<>();  // removed meanwhile
    }
    return brought.has_value();
  }));
  TRY(brought);
  return all;
}

Result<> BackupFolder::give_blobs(const Blobs& blobs, const std::string& to) const {
  std::uint64_t given = 0;
  const std::string from = folder_ + "/" + blobs.path;
  for (const std::string& first : TRY(files_->list(from))) {
    if (first.size() != 2 || !from_hex(first)) continue;
    TRY(files_->create_directory(std::string(to).append("/").append(first)));
    for (const std::string& rest : TRY(files_->list(std::string(from).append("/").append(first)))) {
      const std::string path = std::string("/").append(first).append("/").append(rest);
      TRY(copy(*files_, from + path, to + path));
      ++given;
    }
    TRY(files_->sync_directory(std::string(to).append("/").append(first)));
  }
  if (given >= blobs.count) return {};
  return fail(ErrorCode::io_failure,
              fmt::format("{}: {} of {} objects are missing", from, blobs.count - given, blobs.count));
}

Result<> BackupFolder::sweep(const std::vector<Point>& points) const {
  std::unordered_set<std::string> used;
  for (const Point& point : points) {
    for (const File& file : point.files) used.insert(file.sha256);
  }
  for (const std::string& name : TRY(files_->list(folder_ + "/files"))) {
    if (!used.contains(name)) TRY(files_->remove(folder_ + "/files/" + name));
  }
  return {};
}

}  // namespace meridian::store
