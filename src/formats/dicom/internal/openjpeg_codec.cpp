#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "formats/dicom/internal/codecs.hpp"

namespace meridian::dicom::internal {
namespace {

/// A codestream in memory, read by OpenJPEG's callbacks.
struct Source {
  std::string_view bytes;
  std::size_t at = 0;
};

OPJ_SIZE_T read(void* into, OPJ_SIZE_T count, void* user) {
  auto& source = *static_cast<Source*>(user);
  const std::size_t got = std::min<std::size_t>(count, source.bytes.size() - source.at);
  if (got == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(into, source.bytes.data() + source.at, got);
  source.at += got;
  return got;
}

OPJ_OFF_T skip(OPJ_OFF_T count, void* user) {
  auto& source = *static_cast<Source*>(user);
  if (count < 0) return -1;
  const std::size_t step = std::min(static_cast<std::size_t>(count), source.bytes.size() - source.at);
  source.at += step;
  return step == 0 && count > 0 ? -1 : static_cast<OPJ_OFF_T>(step);
}

OPJ_BOOL seek(OPJ_OFF_T to, void* user) {
  auto& source = *static_cast<Source*>(user);
  if (to < 0 || static_cast<std::size_t>(to) > source.bytes.size()) return OPJ_FALSE;
  source.at = static_cast<std::size_t>(to);
  return OPJ_TRUE;
}

struct DestroyStream {
  void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct DestroyCodec {
  void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct DestroyImage {
  void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};

void hush(const char* /*message*/, void* /*user*/) {}

}  // namespace

Result<std::string> decode_openjpeg(std::string_view codestream, const CodestreamHeader& header, PixelFormat& format) {
  if (header.has_subsampling) return fail(ErrorCode::unsupported, "its components are subsampled");
  Source source{codestream};
  const std::unique_ptr<opj_stream_t, DestroyStream> stream(opj_stream_create(OPJ_J2K_STREAM_CHUNK_SIZE, OPJ_TRUE));
  const std::unique_ptr<opj_codec_t, DestroyCodec> codec(
      opj_create_decompress(header.is_jp2 ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K));
  if (stream == nullptr || codec == nullptr) return fail(ErrorCode::internal, "OpenJPEG cannot begin");
  opj_stream_set_user_data(stream.get(), &source, nullptr);
  opj_stream_set_user_data_length(stream.get(), codestream.size());
  opj_stream_set_read_function(stream.get(), read);
  opj_stream_set_skip_function(stream.get(), skip);
  opj_stream_set_seek_function(stream.get(), seek);
  opj_set_error_handler(codec.get(), hush, nullptr);
  opj_set_warning_handler(codec.get(), hush, nullptr);
  opj_set_info_handler(codec.get(), hush, nullptr);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  if (opj_setup_decoder(codec.get(), &parameters) == OPJ_FALSE)
    return fail(ErrorCode::internal, "OpenJPEG cannot begin");
  opj_image_t* made = nullptr;
  const bool has_header = opj_read_header(stream.get(), codec.get(), &made) == OPJ_TRUE;
  const std::unique_ptr<opj_image_t, DestroyImage> image(made);
  if (!has_header || image == nullptr) return fail(ErrorCode::malformed_input, "its header cannot be read");
  if (image->numcomps != format.samples || image->x1 - image->x0 != format.columns ||
      image->y1 - image->y0 != format.rows) {
    return fail(ErrorCode::malformed_input, "it has two headers that differ");
  }
  if (opj_decode(codec.get(), stream.get(), image.get()) == OPJ_FALSE) {
    return fail(ErrorCode::malformed_input, "it cannot be decoded");
  }
  const std::size_t bytes = format.bits_allocated / 8;
  std::string out(format.frame_bytes(), '\0');
  for (std::uint32_t c = 0; c < format.samples; ++c) {
    const opj_image_comp_t& component = image->comps[c];
    if (component.data == nullptr || component.w != format.columns || component.h != format.rows) {
      return fail(ErrorCode::malformed_input, "its components have other sizes");
    }
    for (std::uint64_t i = 0; i < format.pixels(); ++i) {
      put_sample(out.data() + (i * format.samples + c) * bytes, format.bits_allocated, component.data[i]);
    }
  }
  return out;
}

}  // namespace meridian::dicom::internal
