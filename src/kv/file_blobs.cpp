#include "kv/file_blobs.hpp"

#include <atomic>
#include <optional>
#include <utility>

#include "base/hex.hpp"

namespace meridian::kv {
namespace {

constexpr std::string_view kIncoming = "/incoming";

std::optional<BlobName> name_of(std::string_view hex) {
  const Result<std::string> bytes = from_hex(hex);
  BlobName name;
  if (!bytes || bytes->size() != name.size()) return std::nullopt;
  for (std::size_t i = 0; i < name.size(); ++i) name[i] = static_cast<std::byte>((*bytes)[i]);
  return name;
}

class FileBlobs final : public Blobs {
 public:
  FileBlobs(FileSystem& files, std::string folder, std::unique_ptr<FileLock> lock)
      : files_(files), folder_(std::move(folder)), lock_(std::move(lock)) {}

  Result<std::unique_ptr<Writer>> writer() override {
    std::string path = folder_ + std::string(kIncoming) + "/" + std::to_string(written_.fetch_add(1));
    std::unique_ptr<WritableFile> file = TRY(files_.open_streamed(path));
    return std::make_unique<FileWriter>(*this, std::move(path), std::move(file));
  }

  Result<> put(const BlobName& name, std::string_view bytes) override {
    if (TRY(exists(name))) return files_.sync_directory(folder_of(name));  // another may have put it just now
    const std::unique_ptr<Writer> file = TRY(writer());
    TRY(file->append(bytes));
    return file->commit(name);
  }

  Result<std::unique_ptr<RandomAccessFile>> open(const BlobName& name) const override {
    return files_.open_random_access(path_of(name));
  }
  Result<std::uint64_t> size(const BlobName& name) const override { return files_.size(path_of(name)); }
  Result<bool> exists(const BlobName& name) const override { return files_.exists(path_of(name)); }

  Result<> remove(const BlobName& name) override {
    const Result<> removed = files_.remove(path_of(name));
    if (!removed && removed.error().code() == ErrorCode::not_found) return {};
    TRY(removed);
    return files_.sync_directory(folder_of(name));
  }

  Result<> visit(const Callback<bool(const BlobName&, std::uint64_t size)>& visit) const override {
    for (const std::string& first : TRY(files_.list(folder_))) {
      if (first.size() != 2 || !from_hex(first)) continue;
      for (const std::string& rest : TRY(files_.list(folder_ + "/" + first))) {
        const std::optional<BlobName> name = name_of(first + rest);
        if (!name) continue;
        Result<std::uint64_t> bytes = size(*name);
        if (!bytes && bytes.error().code() == ErrorCode::not_found) continue;  // removed meanwhile
        if (!visit(*name, TRY(bytes))) return {};
      }
    }
    return {};
  }

 private:
  class FileWriter final : public Writer {
   public:
    FileWriter(FileBlobs& blobs, std::string path, std::unique_ptr<WritableFile> file)
        : blobs_(blobs), path_(std::move(path)), file_(std::move(file)) {}
    FileWriter(const FileWriter&) = delete;
    FileWriter& operator=(const FileWriter&) = delete;
    ~FileWriter() override {
      // What cannot be removed now is swept at the next opening.
      if (!is_committed_) static_cast<void>(blobs_.files_.remove(path_));
    }

    Result<> append(std::string_view bytes) override { return file_->append(bytes); }
    Result<> commit(const BlobName& name) override {
      TRY(file_->sync());
      TRY(file_->close());
      TRY(blobs_.move_in(path_, name));
      is_committed_ = true;
      return {};
    }

   private:
    FileBlobs& blobs_;
    std::string path_;
    std::unique_ptr<WritableFile> file_;
    bool is_committed_ = false;
  };

  Result<> move_in(const std::string& path, const BlobName& name) {
    const std::string folder = folder_of(name);
    std::atomic<bool>& is_there = has_folder_[static_cast<std::size_t>(name[0])];
    if (!is_there.load(std::memory_order_acquire)) {
      TRY(make_folder(files_, folder));
      is_there.store(true, std::memory_order_release);
    }
    TRY(files_.rename(path, path_of(name)));
    return files_.sync_directory(folder);
  }

  std::string folder_of(const BlobName& name) const { return folder_ + "/" + to_hex(std::span(name).first(1)); }
  std::string path_of(const BlobName& name) const { return folder_of(name) + "/" + to_hex(std::span(name).subspan(1)); }

  FileSystem& files_;
  std::string folder_;
  std::unique_ptr<FileLock> lock_;
  std::atomic<std::uint64_t> written_ = 0;
  std::array<std::atomic<bool>, 256> has_folder_ = {};  // and its name is safe
};

}  // namespace

Result<std::unique_ptr<Blobs>> open_file_blobs(FileSystem& files, const std::string& folder) {
  TRY(make_folder(files, folder));
  std::unique_ptr<FileLock> lock = TRY(files.lock(folder + "/IN-USE"));
  const std::string incoming = folder + std::string(kIncoming);
  TRY(files.create_directory(incoming));
  for (const std::string& name : TRY(files.list(incoming))) {
    TRY(files.remove(std::string(incoming).append("/").append(name)));
  }
  TRY(files.sync_directory(folder));
  return std::make_unique<FileBlobs>(files, folder, std::move(lock));
}

}  // namespace meridian::kv
