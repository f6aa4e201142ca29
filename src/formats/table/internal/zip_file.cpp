#include "formats/table/internal/zip_file.hpp"

#include <sys/stat.h>
#include <zip.h>

#include <algorithm>
#include <utility>

namespace meridian::table::internal {
namespace {

Error error_of(zip_error_t& error) {
  ErrorCode code = ErrorCode::malformed_input;
  switch (zip_error_code_zip(&error)) {
    case ZIP_ER_NOENT:
      code = ErrorCode::not_found;
      break;
    case ZIP_ER_OPEN:
    case ZIP_ER_READ:
    case ZIP_ER_SEEK:
      code = ErrorCode::io_failure;
      break;
    case ZIP_ER_COMPNOTSUPP:
    case ZIP_ER_ENCRNOTSUPP:
    case ZIP_ER_NOPASSWD:
    case ZIP_ER_WRONGPASSWD:
    case ZIP_ER_MULTIDISK:
    case ZIP_ER_OPNOTSUPP:
      code = ErrorCode::unsupported;
      break;
    default:
      break;
  }
  return {code, std::string("the zip archive cannot be read: ") + zip_error_strerror(&error)};
}

class MemberSource final : public ByteSource {
 public:
  MemberSource(std::shared_ptr<ZipFile> archive, zip_file_t* file, std::uint64_t packed, UnpackLimits limits)
      : archive_(std::move(archive)), file_(file), packed_(packed), limits_(limits) {}
  ~MemberSource() override { zip_fclose(file_); }
  MemberSource(const MemberSource&) = delete;
  MemberSource& operator=(const MemberSource&) = delete;

  Result<std::size_t> read(std::span<char> into) override {
    const zip_int64_t got = zip_fread(file_, into.data(), into.size());
    if (got < 0) return fail(error_of(*zip_file_get_error(file_)));
    given_ += static_cast<std::uint64_t>(got);
    if (given_ > limits_.max_bytes) {
      return fail(ErrorCode::too_large, std::string("a member of the archive is larger than ") + limits_.bytes_name +
                                            " allows, which is " + std::to_string(limits_.max_bytes));
    }
    if (given_ > InputLimits::kRatioFloor && given_ / std::max<std::uint64_t>(packed_, 1) > limits_.max_ratio) {
      return fail(ErrorCode::too_large,
                  "a member of the archive unpacks to more times its size than max_ratio allows, which is " +
                      std::to_string(limits_.max_ratio));
    }
    return static_cast<std::size_t>(got);
  }
  std::uint64_t consumed() const override { return given_; }
  std::optional<std::uint64_t> size() const override { return std::nullopt; }

 private:
  std::shared_ptr<ZipFile> archive_;
  zip_file_t* file_;
  std::uint64_t packed_;
  UnpackLimits limits_;
  std::uint64_t given_ = 0;
};

}  // namespace

Result<std::shared_ptr<ZipFile>> ZipFile::open(const std::string& path) {
  std::shared_ptr<ZipFile> archive(new ZipFile());
  int code = 0;
  archive->zip_ = zip_open(path.c_str(), ZIP_RDONLY, &code);
  if (archive->zip_ != nullptr) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  Error told = error_of(error);
  zip_error_fini(&error);
  return fail(std::move(told));
}

Result<std::shared_ptr<ZipFile>> ZipFile::open_bytes(std::string bytes) {
  std::shared_ptr<ZipFile> archive(new ZipFile());
  archive->bytes_ = std::move(bytes);
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(archive->bytes_.data(), archive->bytes_.size(), 0, &error);
  if (source != nullptr) {
    archive->zip_ = zip_open_from_source(source, ZIP_RDONLY, &error);
    if (archive->zip_ == nullptr) zip_source_free(source);
  }
  Error told = error_of(error);
  zip_error_fini(&error);
  if (archive->zip_ == nullptr) return fail(std::move(told));
  return archive;
}

ZipFile::~ZipFile() {
  if (zip_ != nullptr) zip_discard(zip_);
}

std::uint64_t ZipFile::count() const {
  return static_cast<std::uint64_t>(std::max<zip_int64_t>(zip_get_num_entries(zip_, ZIP_FL_UNCHANGED), 0));
}

Result<ZipMember> ZipFile::member(std::uint64_t index) const {
  zip_stat_t said;
  zip_stat_init(&said);
  if (zip_stat_index(zip_, index, ZIP_FL_UNCHANGED, &said) != 0) return fail(error_of(*zip_get_error(zip_)));
  const char* name = zip_get_name(zip_, index, ZIP_FL_ENC_RAW | ZIP_FL_UNCHANGED);
  ZipMember member;
  if (name != nullptr) member.name = name;
  if ((said.valid & ZIP_STAT_SIZE) != 0) member.size = said.size;
  if ((said.valid & ZIP_STAT_COMP_SIZE) != 0) member.packed = said.comp_size;
  member.is_encrypted = (said.valid & ZIP_STAT_ENCRYPTION_METHOD) != 0 && said.encryption_method != ZIP_EM_NONE;
  member.is_supported = (said.valid & ZIP_STAT_COMP_METHOD) == 0 ||
                        zip_compression_method_supported(static_cast<zip_int32_t>(said.comp_method), 0) != 0;
  zip_uint8_t system = 0;
  zip_uint32_t attributes = 0;
  if (zip_file_get_external_attributes(zip_, index, ZIP_FL_UNCHANGED, &system, &attributes) == 0 &&
      system == ZIP_OPSYS_UNIX) {
    member.is_link = (attributes >> 16 & S_IFMT) == S_IFLNK;
  }
  return member;
}

std::optional<std::uint64_t> ZipFile::find(const std::string& name) const {
  const zip_int64_t index = zip_name_locate(zip_, name.c_str(), ZIP_FL_NOCASE | ZIP_FL_ENC_RAW);
  if (index < 0) return std::nullopt;
  return static_cast<std::uint64_t>(index);
}

Result<std::unique_ptr<ByteSource>> ZipFile::read(std::uint64_t index, const UnpackLimits& limits) {
  const ZipMember about = TRY(member(index));
  zip_file_t* file = zip_fopen_index(zip_, index, ZIP_FL_UNCHANGED);
  if (file == nullptr) return fail(error_of(*zip_get_error(zip_)));
  return std::make_unique<MemberSource>(shared_from_this(), file, about.packed, limits);
}

}  // namespace meridian::table::internal
