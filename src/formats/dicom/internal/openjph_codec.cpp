#include <openjph/ojph_arch.h>
#include <openjph/ojph_codestream.h>
#include <openjph/ojph_file.h>
#include <openjph/ojph_mem.h>
#include <openjph/ojph_message.h>
#include <openjph/ojph_params.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <stdexcept>

#include "formats/dicom/internal/codecs.hpp"

namespace meridian::dicom::internal {
namespace {

/// Errors of OpenJPH are exceptions, after a line to a stream. In version 0.9 only the stream can be chosen.
void begin() {
  static std::once_flag once;
  std::call_once(once, [] {
    static std::FILE* const nowhere = std::fopen("/dev/null", "w");
    if (nowhere == nullptr) return;
    ojph::set_error_stream(nowhere);
    ojph::set_warning_stream(nowhere);
    ojph::set_info_stream(nowhere);
  });
}

/// A codestream in memory.
class Source final : public ojph::infile_base {
 public:
  explicit Source(std::string_view bytes) : bytes_(bytes) {}

  size_t read(void* into, size_t count) override {
    const std::size_t got = std::min(count, bytes_.size() - at_);
    std::memcpy(into, bytes_.data() + at_, got);
    at_ += got;
    return got;
  }
  int seek(ojph::si64 offset, enum infile_base::seek origin) override {
    const auto size = static_cast<ojph::si64>(bytes_.size());
    const ojph::si64 base = origin == OJPH_SEEK_SET ? 0 : origin == OJPH_SEEK_CUR ? tell() : size;
    if (offset < -base || offset > size - base) return -1;
    at_ = static_cast<std::size_t>(base + offset);
    return 0;
  }
  ojph::si64 tell() override { return static_cast<ojph::si64>(at_); }
  bool eof() override { return at_ >= bytes_.size(); }
  void close() override {}

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
};

std::string decode(std::string_view codestream, const PixelFormat& format) {
  Source file(codestream);
  ojph::codestream codec;
  codec.read_headers(&file);
  codec.set_planar(false);
  codec.create();
  const ojph::param_siz size = codec.access_siz();
  if (size.get_num_components() != format.samples) throw std::runtime_error("it has two headers that differ");
  for (std::uint32_t c = 0; c < format.samples; ++c) {
    if (size.get_recon_width(c) != format.columns || size.get_recon_height(c) != format.rows) {
      throw std::runtime_error("it has two headers that differ");
    }
  }
  const std::size_t bytes = format.bits_allocated / 8;
  std::string out(format.frame_bytes(), '\0');
  for (std::uint64_t row = 0; row < format.rows; ++row) {
    for (std::uint32_t c = 0; c < format.samples; ++c) {
      ojph::ui32 component = 0;
      const ojph::line_buf* line = codec.pull(component);
      if (line == nullptr || component != c || line->size < format.columns) {
        throw std::runtime_error("its lines are short");
      }
      for (std::uint64_t x = 0; x < format.columns; ++x) {
        const std::uint64_t at = (row * format.columns + x) * format.samples + c;
        put_sample(out.data() + at * bytes, format.bits_allocated, line->i32[x]);
      }
    }
  }
  codec.close();
  return out;
}

}  // namespace

Result<std::string> decode_openjph(std::string_view codestream, const CodestreamHeader& header, PixelFormat& format) {
  if (header.has_subsampling) return fail(ErrorCode::unsupported, "its components are subsampled");
  if (header.precision > 16) return fail(ErrorCode::unsupported, "its samples have more than 16 bits");
  begin();
  try {
    return decode(codestream, format);
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::too_large, "there is no memory for a frame");
  } catch (const std::exception&) {
    return fail(ErrorCode::malformed_input, "it cannot be decoded");
  }
}

}  // namespace meridian::dicom::internal
