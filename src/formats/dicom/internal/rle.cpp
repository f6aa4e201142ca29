// RLE lossless: each byte of a sample is a plane of its own, the highest first, packed in runs.
// https://dicom.nema.org/medical/dicom/current/output/html/part05.html#chapter_G
#include "base/bytes.hpp"
#include "formats/dicom/internal/codecs.hpp"

namespace meridian::dicom::internal {
namespace {

constexpr std::size_t kHeaderBytes = 64;
constexpr std::size_t kMaxSegments = 15;

/// One plane, of which each byte goes `step` bytes further. Whether it is as long as it must be.
bool unpack(std::string_view segment, char* to, std::size_t step, std::uint64_t count) {
  std::size_t at = 0;
  std::uint64_t made = 0;
  const auto put = [&](char byte) {
    to[made * step] = byte;
    ++made;
  };
  while (made < count) {
    if (at >= segment.size()) return false;
    const auto control = static_cast<signed char>(segment[at++]);
    if (control == -128) continue;
    if (control >= 0) {
      const std::size_t literal = static_cast<std::size_t>(control) + 1;
      if (segment.size() - at < literal) return false;
      for (std::size_t i = 0; i < literal && made < count; ++i) put(segment[at + i]);
      at += literal;
    } else {
      if (at >= segment.size()) return false;
      const std::size_t repeats = static_cast<std::size_t>(1 - control);
      for (std::size_t i = 0; i < repeats && made < count; ++i) put(segment[at]);
      ++at;
    }
  }
  return true;
}

}  // namespace

Result<std::string> decode_rle(std::string_view codestream, const PixelFormat& format) {
  const std::size_t bytes = format.bits_allocated / 8;
  const std::size_t segments = format.samples * bytes;
  if (codestream.size() < kHeaderBytes) return fail(ErrorCode::malformed_input, "its header cannot be read");
  if (load_little<std::uint32_t>(codestream.data()) != segments || segments > kMaxSegments) {
    return fail(ErrorCode::malformed_input, "it has not one segment for each byte of a sample");
  }
  std::string out(format.frame_bytes(), '\0');
  for (std::size_t i = 0; i < segments; ++i) {
    const auto offset = load_little<std::uint32_t>(codestream.data() + 4 + 4 * i);
    // A segment ends where the next begins, were they laid down in order; each ends itself by its pixels.
    if (offset < kHeaderBytes || offset > codestream.size()) {
      return fail(ErrorCode::malformed_input, "a segment begins outside of it");
    }
    const std::size_t place = i / bytes * bytes + (bytes - 1 - i % bytes);
    if (!unpack(codestream.substr(offset), out.data() + place, segments, format.pixels())) {
      return fail(ErrorCode::malformed_input, "a segment ends before its last pixel");
    }
  }
  return out;
}

}  // namespace meridian::dicom::internal
