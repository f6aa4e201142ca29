#include "base/input.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/internal/decompress.hpp"

namespace meridian {
namespace {

class FileSource final : public ByteSource {
 public:
  FileSource(int fd, bool owned, std::optional<std::uint64_t> size) : fd_(fd), owned_(owned), size_(size) {}
  ~FileSource() override {
    if (owned_) ::close(fd_);
  }
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    for (;;) {
      const ssize_t got = ::read(fd_, into.data(), into.size());
      if (got >= 0) {
        consumed_ += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
      }
      if (errno != EINTR) return fail(ErrorCode::io_failure, std::string("cannot read: ") + std::strerror(errno));
    }
  }
  std::uint64_t consumed() const override { return consumed_; }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  int fd_;
  bool owned_;
  std::optional<std::uint64_t> size_;
  std::uint64_t consumed_ = 0;
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = std::min(into.size(), bytes_.size() - at_);
    if (count > 0) std::memcpy(into.data(), bytes_.data() + at_, count);
    at_ += count;
    return count;
  }
  std::uint64_t consumed() const override { return at_; }
  std::optional<std::uint64_t> size() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

/// Watches what another source gives out.
class LimitedSource final : public ByteSource {
 public:
  LimitedSource(std::unique_ptr<ByteSource> source, InputLimits limits) : source_(std::move(source)), limits_(limits) {}

  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = TRY(source_->read(into));
    given_ += count;
    if (given_ > limits_.max_bytes) {
      return fail(ErrorCode::too_large,
                  "the input is larger than the limit of " + std::to_string(limits_.max_bytes) + " bytes");
    }
    if (given_ > InputLimits::kRatioFloor &&
        given_ / std::max<std::uint64_t>(source_->consumed(), 1) > limits_.max_ratio) {
      return fail(ErrorCode::too_large,
                  "the input unpacks to more than " + std::to_string(limits_.max_ratio) + " times its size");
    }
    return count;
  }
  std::uint64_t consumed() const override { return source_->consumed(); }
  std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  std::unique_ptr<ByteSource> source_;
  InputLimits limits_;
  std::uint64_t given_ = 0;
};

bool is_gzip(std::string_view head) {
  return head.starts_with("\x1f\x8b");
}

/// RFC 8878, 3.1: a frame begins with 0xFD2FB528, a skippable one with 0x184D2A50 to 0x184D2A5F, little-endian.
bool is_zstd(std::string_view head) {
  if (head.starts_with("\x28\xb5\x2f\xfd")) return true;
  return head.size() >= 4 && (static_cast<unsigned char>(head[0]) & 0xF0U) == 0x50 &&
         head.substr(1, 3) == "\x2a\x4d\x18";
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_raw_input(const std::string& path) {
  const bool is_standard_input = path == "-";
  const int fd = is_standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const ErrorCode code = errno == EACCES || errno == EPERM     ? ErrorCode::forbidden
                           : errno == ENOENT || errno == ENOTDIR ? ErrorCode::not_found
                                                                 : ErrorCode::io_failure;
    return fail(code, "cannot open " + path + ": " + std::strerror(errno));
  }
  std::optional<std::uint64_t> size;
  struct stat status{};
  if (::fstat(fd, &status) == 0) {
    if (S_ISDIR(status.st_mode)) {
      if (!is_standard_input) ::close(fd);
      return fail(ErrorCode::invalid_argument, path + " is a folder; name a file");
    }
    if (S_ISREG(status.st_mode)) size = static_cast<std::uint64_t>(status.st_size);
  }
  return std::make_unique<FileSource>(fd, !is_standard_input, size);
}

std::unique_ptr<ByteSource> memory_source(std::string_view bytes) {
  return std::make_unique<MemorySource>(bytes);
}

Result<std::unique_ptr<ByteSource>> decompress(std::unique_ptr<ByteSource> source, InputLimits limits) {
  std::string head(4, '\0');
  std::size_t have = 0;
  while (have < head.size()) {
    const std::size_t count = TRY(source->read(std::span(head).subspan(have)));
    if (count == 0) break;
    have += count;
  }
  head.resize(have);

  const bool gzip = is_gzip(head);
  const bool zstd = is_zstd(head);
  internal::Upstream upstream(std::move(source), std::move(head));
  std::unique_ptr<ByteSource> out;
  if (gzip) {
    out = TRY(internal::gzip_source(std::move(upstream)));
  } else if (zstd) {
    out = TRY(internal::zstd_source(std::move(upstream)));
  } else {
    out = internal::plain_source(std::move(upstream));
  }
  if (limits.max_bytes != InputLimits::kNoLimit || limits.max_ratio != InputLimits::kNoLimit) {
    out = std::make_unique<LimitedSource>(std::move(out), limits);
  }
  return out;
}

Result<std::unique_ptr<ByteSource>> open_input(const std::string& path, InputLimits limits) {
  auto opened = open_raw_input(path);
  if (!opened) return fail(std::move(opened).error());
  auto source = decompress(std::move(opened).value(), limits);
  if (!source) return fail(std::move(source).error().within(path));
  return source;
}

Result<std::string> read_all(ByteSource& source, std::uint64_t limit) {
  constexpr std::size_t kFirst = std::size_t{64} << 10;
  std::string out;
  std::size_t have = 0;
  // One byte more than the limit, so that going over it is seen.
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(limit, SIZE_MAX - 1) + 1);
  for (;;) {
    if (have == out.size()) out.resize(std::min(most, std::max(kFirst, out.size() * 2)));
    const std::size_t count = TRY(source.read(std::span(out).subspan(have)));
    if (count == 0) break;
    have += count;
    if (have > limit) {
      return fail(ErrorCode::too_large, "the input is larger than the limit of " + std::to_string(limit) + " bytes");
    }
  }
  out.resize(have);
  return out;
}

}  // namespace meridian
