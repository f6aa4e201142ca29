#include "formats/genomics/internal/htslib_source.hpp"

#include <htslib/bgzf.h>
#include <htslib/hts.h>
#include <htslib/hts_log.h>
#include <htslib/kstring.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>

namespace meridian::genomics::internal {
namespace {

template <typename T, auto kFree>
struct Freed {
  void operator()(T* one) const { kFree(one); }
};
void free_memory(char* text) {
  std::free(text);
}
void close_file(htsFile* file) {
  if (hts_close(file) != 0) return;  // nothing was written
}
using File = std::unique_ptr<htsFile, Freed<htsFile, close_file>>;
using Header = std::unique_ptr<bcf_hdr_t, Freed<bcf_hdr_t, bcf_hdr_destroy>>;
using Row = std::unique_ptr<bcf1_t, Freed<bcf1_t, bcf_destroy>>;
using Tabix = std::unique_ptr<tbx_t, Freed<tbx_t, tbx_destroy>>;
using Index = std::unique_ptr<hts_idx_t, Freed<hts_idx_t, hts_idx_destroy>>;
using Walk = std::unique_ptr<hts_itr_t, Freed<hts_itr_t, hts_itr_destroy>>;

/// A string that htslib grows.
struct Text {
  kstring_t text = {0, 0, nullptr};
  Text() = default;
  Text(const Text&) = delete;
  Text& operator=(const Text&) = delete;
  ~Text() { ks_free(&text); }
};

/// From the root, so that htslib takes no name for an address.
Result<std::string> full_path(const std::string& path) {
  struct stat about{};
  if (stat(path.c_str(), &about) != 0) return fail(ErrorCode::not_found, path + ": no such file");
  if (!S_ISREG(about.st_mode)) return fail(ErrorCode::invalid_argument, path + " is no regular file");
  const std::unique_ptr<char, Freed<char, free_memory>> full(realpath(path.c_str(), nullptr));
  if (full == nullptr) return fail(ErrorCode::io_failure, path + " cannot be found");
  // htslib would look for an index of that name.
  if (std::string_view(full.get()).find("##idx##") != std::string_view::npos) {
    return fail(ErrorCode::invalid_argument, path + " cannot be opened by that name");
  }
  return std::string(full.get());
}

class HtslibSource final : public ByteSource {
 public:
  static Result<std::unique_ptr<ByteSource>> open(const std::string& path, const std::string& region) {
    const std::string full = TRY(full_path(path));
    hts_set_log_level(HTS_LOG_OFF);
    auto source = std::unique_ptr<HtslibSource>(new HtslibSource);
    struct stat about{};
    if (stat(path.c_str(), &about) == 0) source->size_ = static_cast<std::uint64_t>(about.st_size);
    source->file_.reset(hts_open(full.c_str(), "r"));
    if (source->file_ == nullptr) return fail(ErrorCode::io_failure, path + " cannot be opened");
    const htsFormat* format = hts_get_format(source->file_.get());
    source->is_binary_ = format->format == bcf;
    if (!source->is_binary_ && format->format != vcf) {
      return fail(ErrorCode::malformed_input, path + " is neither VCF nor BCF");
    }
    source->header_.reset(bcf_hdr_read(source->file_.get()));
    if (source->header_ == nullptr) return fail(ErrorCode::malformed_input, path + ": the header cannot be read");
    if (!region.empty()) TRY(source->seek(full, path, region));
    Text text;
    if (bcf_hdr_format(source->header_.get(), 0, &text.text) != 0) {
      return fail(ErrorCode::malformed_input, path + ": the header cannot be read");
    }
    source->pending_.assign(text.text.s, text.text.l);
    source->row_.reset(bcf_init());
    return source;
  }

  Result<std::size_t> read(std::span<char> into) override {
    while (used_ == pending_.size()) {
      pending_.clear();
      used_ = 0;
      const bool is_there = TRY(next());
      if (!is_there) return 0;
    }
    const std::size_t count = std::min(into.size(), pending_.size() - used_);
    pending_.copy(into.data(), count, used_);
    used_ += count;
    return count;
  }
  std::uint64_t consumed() const override {
    if (file_->format.compression != bgzf && file_->format.compression != gzip) return 0;
    return static_cast<std::uint64_t>(bgzf_tell(hts_get_bgzfp(file_.get()))) >> 16;
  }
  std::optional<std::uint64_t> size() const override { return size_; }

 private:
  HtslibSource() = default;

  Result<> seek(const std::string& full, const std::string& path, const std::string& region) {
    if (is_binary_) {
      index_.reset(bcf_index_load3(full.c_str(), nullptr, HTS_IDX_SILENT_FAIL));
      if (index_ == nullptr) return fail(ErrorCode::not_found, path + " has no index (.csi) beside it");
      walk_.reset(bcf_itr_querys(index_.get(), header_.get(), region.c_str()));
    } else {
      tabix_.reset(tbx_index_load3(full.c_str(), nullptr, HTS_IDX_SILENT_FAIL));
      if (tabix_ == nullptr) return fail(ErrorCode::not_found, path + " has no index (.tbi or .csi) beside it");
      walk_.reset(tbx_itr_querys(tabix_.get(), region.c_str()));
    }
    if (walk_ == nullptr) {
      return fail(ErrorCode::invalid_argument, "the region is none, or of a contig without records: " + region);
    }
    return {};
  }

  /// The next line, into pending_.
  Result<bool> next() {
    Text line;
    int got = 0;
    if (tabix_ != nullptr) {
      got = tbx_itr_next(file_.get(), tabix_.get(), walk_.get(), &line.text);
      if (got >= 0) pending_.assign(line.text.s, line.text.l).append("\n");
    } else {
      got = walk_ != nullptr ? bcf_itr_next(file_.get(), walk_.get(), row_.get())
                             : bcf_read(file_.get(), header_.get(), row_.get());
      if (got >= 0) {
        if (row_->errcode != 0 || vcf_format(header_.get(), row_.get(), &line.text) != 0) {
          return fail(ErrorCode::malformed_input, "a record of the BCF file is damaged");
        }
        pending_.assign(line.text.s, line.text.l);
      }
    }
    if (got < -1) return fail(ErrorCode::malformed_input, "the file is damaged or cut off");
    return got >= 0;
  }

  File file_;
  Header header_;
  Row row_;
  Tabix tabix_;
  Index index_;
  Walk walk_;
  bool is_binary_ = false;
  std::uint64_t size_ = 0;
  std::string pending_;
  std::size_t used_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_by_htslib(const std::string& path, const std::string& region) {
  return HtslibSource::open(path, region);
}

}  // namespace meridian::genomics::internal
