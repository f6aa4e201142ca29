#include "formats/genomics/input.hpp"

#include "formats/genomics/internal/htslib_source.hpp"

namespace meridian::genomics {
namespace {

/// Whether what is in the file, decompressed, begins as BCF does.
Result<bool> is_binary(const std::string& path) {
  const auto source = TRY(open_input(path));
  std::string head(3, '\0');
  std::size_t got = 0;
  while (got < head.size()) {
    const std::size_t more = TRY(source->read(std::span(head).subspan(got)));
    if (more == 0) break;
    got += more;
  }
  return got == head.size() && head == "BCF";
}

}  // namespace

Result<std::unique_ptr<ByteSource>> open_variants(const std::string& path, const std::string& region) {
  if (path == "-") {
    if (!region.empty()) return fail(ErrorCode::invalid_argument, "a region needs a file with an index");
    return open_input(path);
  }
  if (!region.empty()) return internal::open_by_htslib(path, region);
  if (TRY(is_binary(path))) return internal::open_by_htslib(path, {});
  return open_input(path);
}

}  // namespace meridian::genomics
