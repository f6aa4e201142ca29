// Codecs behind one shape, most of them other libraries': a frame's codestream to its samples, and back.
//
// The codestream's header has been held against the format: rows, columns and samples are its own, so that what a codec
// allocates follows from the format. Samples come interleaved, little endian, in the format's bits_allocated; a codec
// sets what it changes of the format (photometric, is_signed). Errors: malformed_input with the library's words.
// Threads: any.
#pragma once

#include "formats/dicom/internal/codestream.hpp"
#include "formats/dicom/pixels.hpp"

namespace meridian::dicom::internal {

/// RLE, by our own hand: DCMTK 3.6.7 reads beyond a codestream that lies.
Result<std::string> decode_rle(std::string_view codestream, const PixelFormat& format);
/// JPEG and JPEG-LS. `uid` is that of the transfer syntax.
Result<std::string> decode_dcmtk(std::string_view codestream, std::string_view uid, std::uint32_t precision,
                                 PixelFormat& format);
/// RLE and JPEG lossless (process 14, selection value 1).
Result<std::string> encode_dcmtk(std::string_view samples, std::string_view uid, const PixelFormat& format);
/// Baseline JPEG of grey, or of red, green and blue.
Result<std::string> encode_jpeg(std::string_view samples, std::uint32_t rows, std::uint32_t columns,
                                std::uint32_t samples_a_pixel, int quality);
Result<std::string> decode_openjpeg(std::string_view codestream, const CodestreamHeader& header, PixelFormat& format);
Result<std::string> decode_openjph(std::string_view codestream, const CodestreamHeader& header, PixelFormat& format);

/// One sample of `bits` bits in all; the bytes above are cut.
inline void put_sample(char* to, std::uint32_t bits, std::int64_t value) {
  for (std::uint32_t i = 0; i < bits / 8; ++i) to[i] = static_cast<char>(value >> (8 * i));
}

}  // namespace meridian::dicom::internal
