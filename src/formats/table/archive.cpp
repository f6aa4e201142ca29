#include "formats/table/archive.hpp"

#include <algorithm>
#include <utility>

#include "base/tar.hpp"
#include "base/utf8.hpp"
#include "formats/table/faults.hpp"
#include "formats/table/internal/pushed_back.hpp"
#include "formats/table/internal/text_source.hpp"
#include "formats/table/internal/zip_file.hpp"

namespace meridian::table {
namespace {

constexpr std::size_t kMaxName = 4096;
constexpr std::size_t kTarMagicAt = 257;
constexpr std::string_view kTarMagic = "ustar";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void refuse(Issues& issues, const Message& message, std::uint64_t number) {
  issues.add({Severity::error, IssueType::security, message, {}, "member " + std::to_string(number)});
}

/// What all members together may give out.
class CountedSource final : public ByteSource {
 public:
  CountedSource(std::unique_ptr<ByteSource> source, std::shared_ptr<std::uint64_t> total, std::uint64_t limit)
      : source_(std::move(source)), total_(std::move(total)), limit_(limit) {}

  Result<std::size_t> read(std::span<char> into) override {
    const std::size_t count = TRY(source_->read(into));
    *total_ += count;
    if (*total_ > limit_) {
      return fail(ErrorCode::too_large,
                  "the archive unpacks to more than max_total_bytes allows, which is " + std::to_string(limit_));
    }
    return count;
  }
  std::uint64_t consumed() const override { return source_->consumed(); }
  std::optional<std::uint64_t> size() const override { return source_->size(); }

 private:
  std::unique_ptr<ByteSource> source_;
  std::shared_ptr<std::uint64_t> total_;
  std::uint64_t limit_;
};

/// Names are UTF-8, or what zips of Chinese systems have: GB 18030.
std::string decoded_name(const std::string& raw) {
  if (is_valid_utf8(raw)) return raw;
  auto text = internal::TextSource::make(memory_source(raw), "GB18030");
  std::string name;
  std::string piece(256, '\0');
  while (text) {
    const Result<std::size_t> count = (*text)->read(std::span(piece));
    if (!count || *count == 0) break;
    name.append(piece, 0, *count);
  }
  return name;
}

class ZipReader final : public ArchiveReader {
 public:
  ZipReader(std::shared_ptr<internal::ZipFile> archive, const ArchiveLimits& limits)
      : archive_(std::move(archive)), limits_(limits) {}

  Result<std::optional<ArchiveMember>> next(Issues& issues) override {
    if (archive_->count() > limits_.max_members) {
      return fail(ErrorCode::too_large, "the archive has more members than max_members allows, which is " +
                                            std::to_string(limits_.max_members));
    }
    while (next_ < archive_->count()) {
      const std::uint64_t index = next_++;
      internal::ZipMember member = TRY(archive_->member(index));
      std::string name = decoded_name(member.name);
      if (name.ends_with('/') || member.is_link) continue;
      if (!is_safe_name(name)) {
        refuse(issues, faults::kUnsafeName, index + 1);
      } else if (member.is_encrypted) {
        refuse(issues, faults::kEncrypted, index + 1);
      } else if (!member.is_supported) {
        refuse(issues, faults::kUnsupportedMember, index + 1);
      } else {
        return ArchiveMember{std::move(name), member.size};
      }
    }
    return std::nullopt;
  }

  Result<std::unique_ptr<ByteSource>> open_member() override {
    if (next_ == 0) return fail(ErrorCode::invalid_argument, "no member of the archive was asked for");
    auto source = TRY(archive_->read(next_ - 1, {limits_.max_member_bytes, limits_.max_ratio, "max_member_bytes"}));
    return std::make_unique<CountedSource>(std::move(source), total_, limits_.max_total_bytes);
  }

 private:
  std::shared_ptr<internal::ZipFile> archive_;
  ArchiveLimits limits_;
  std::uint64_t next_ = 0;
  std::shared_ptr<std::uint64_t> total_ = std::make_shared<std::uint64_t>(0);
};

class TarMembers final : public ArchiveReader {
 public:
  TarMembers(std::unique_ptr<ByteSource> source, const ArchiveLimits& limits)
      : source_(std::move(source)),
        tar_(*source_, {limits.max_members, limits.max_member_bytes, limits.max_total_bytes}) {}

  Result<std::optional<ArchiveMember>> next(Issues& issues) override {
    while (auto entry = TRY(tar_.next())) {
      ++number_;
      // "./a" is how tar writes what lies in the folder it was started in.
      std::string name = decoded_name(entry->name);
      while (name.starts_with("./")) name.erase(0, 2);
      if (is_safe_name(name)) return ArchiveMember{std::move(name), entry->size};
      refuse(issues, faults::kUnsafeName, number_);
    }
    return std::nullopt;
  }

  Result<std::unique_ptr<ByteSource>> open_member() override { return std::make_unique<Entry>(tar_, *source_); }

 private:
  class Entry final : public ByteSource {
   public:
    Entry(TarReader& tar, const ByteSource& source) : tar_(tar), source_(source) {}
    Result<std::size_t> read(std::span<char> into) override { return tar_.read(into); }
    std::uint64_t consumed() const override { return source_.consumed(); }
    std::optional<std::uint64_t> size() const override { return source_.size(); }

   private:
    TarReader& tar_;
    const ByteSource& source_;
  };

  std::unique_ptr<ByteSource> source_;
  TarReader tar_;
  std::uint64_t number_ = 0;
};

Result<std::string> head_of(ByteSource& source) {
  std::string head(512, '\0');
  std::size_t have = 0;
  while (have < head.size()) {
    const std::size_t count = TRY(source.read(std::span(head).subspan(have)));
    if (count == 0) break;
    have += count;
  }
  head.resize(have);
  return head;
}

bool is_zip(std::string_view head) {
  return head.starts_with("PK\x03\x04") || head.starts_with("PK\x05\x06");  // the latter: without members
}

}  // namespace

bool is_safe_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxName || name.front() == '/' || !is_valid_utf8(name)) return false;
  if (name.size() >= 2 && is_letter(name[0]) && name[1] == ':') return false;
  if (std::any_of(name.begin(), name.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\'; })) {
    return false;
  }
  while (!name.empty()) {
    const std::size_t end = name.find('/');
    if (name.substr(0, end) == "..") return false;
    name = end == std::string_view::npos ? std::string_view() : name.substr(end + 1);
  }
  return true;
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(std::unique_ptr<ByteSource> source,
                                                           const ArchiveLimits& limits) {
  source = TRY(decompress(std::move(source)));
  std::string head = TRY(head_of(*source));
  const bool zipped = is_zip(head);
  const bool is_tar = head.size() == 512 && std::string_view(head).substr(kTarMagicAt).starts_with(kTarMagic);
  source = std::make_unique<internal::PushedBack>(std::move(head), std::move(source));
  if (zipped) {
    std::string bytes = TRY(read_all(*source, limits.max_archive_bytes));
    return std::make_unique<ZipReader>(TRY(internal::ZipFile::open_bytes(std::move(bytes))), limits);
  }
  if (is_tar) return std::make_unique<TarMembers>(std::move(source), limits);
  return fail(ErrorCode::malformed_input, "this is neither a zip nor a tar archive");
}

Result<std::unique_ptr<ArchiveReader>> ArchiveReader::open(const std::string& path, const ArchiveLimits& limits) {
  std::unique_ptr<ByteSource> source = TRY(open_raw_input(path));
  std::string head = TRY(head_of(*source));
  if (is_zip(head) && path != "-" && source->size()) {
    return std::make_unique<ZipReader>(TRY(internal::ZipFile::open(path)), limits);
  }
  return open(std::make_unique<internal::PushedBack>(std::move(head), std::move(source)), limits);
}

}  // namespace meridian::table
