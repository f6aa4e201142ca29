#include "formats/genomics/reference.hpp"

#include <htslib/faidx.h>
#include <htslib/hts_log.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

namespace meridian::genomics {
namespace {

class Fasta final : public Reference {
 public:
  explicit Fasta(faidx_t* index) : index_(index) {}
  Fasta(const Fasta&) = delete;
  Fasta& operator=(const Fasta&) = delete;
  ~Fasta() override { fai_destroy(index_); }

  Result<std::string> bases(std::string_view contig, std::uint64_t from, std::uint64_t count) override {
    const std::string name(contig);
    const auto length = static_cast<std::uint64_t>(std::max(0, faidx_seq_len(index_, name.c_str())));
    if (from == 0 || from > length || count == 0) return std::string();
    const std::uint64_t last = std::min(length, from + count - 1);
    hts_pos_t got = 0;
    char* text = faidx_fetch_seq64(index_, name.c_str(), static_cast<hts_pos_t>(from - 1),
                                   static_cast<hts_pos_t>(last - 1), &got);
    if (text == nullptr || got < 0) return fail(ErrorCode::io_failure, "the reference cannot be read");
    std::string bases(text, static_cast<std::size_t>(got));
    std::free(text);
    std::transform(bases.begin(), bases.end(), bases.begin(),
                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 0x20) : c; });
    return bases;
  }

 private:
  faidx_t* index_;
};

}  // namespace

Result<std::unique_ptr<Reference>> open_fasta(const std::string& path) {
  hts_set_log_level(HTS_LOG_OFF);
  if (access(path.c_str(), R_OK) != 0) return fail(ErrorCode::not_found, path + ": no such file");
  if (access((path + ".fai").c_str(), R_OK) != 0) {
    return fail(ErrorCode::not_found, path + ".fai: the reference has no index beside it (samtools faidx makes one)");
  }
  faidx_t* index = fai_load3(path.c_str(), nullptr, nullptr, 0);
  if (index == nullptr) return fail(ErrorCode::malformed_input, path + ": the index of the reference cannot be read");
  return std::make_unique<Fasta>(index);
}

}  // namespace meridian::genomics
