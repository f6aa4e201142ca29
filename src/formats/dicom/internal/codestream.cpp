#include "formats/dicom/internal/codestream.hpp"

#include "base/bytes.hpp"

namespace meridian::dicom::internal {
namespace {

std::uint32_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}
std::uint32_t big_16(std::string_view bytes, std::size_t at) {
  return load_big<std::uint16_t>(bytes.data() + at);
}
std::uint32_t big_32(std::string_view bytes, std::size_t at) {
  return load_big<std::uint32_t>(bytes.data() + at);
}

/// ITU-T T.81, B.2.2, and T.87 for JPEG-LS (marker F7).
std::optional<CodestreamHeader> read_jpeg(std::string_view bytes, bool is_jpeg_ls) {
  if (!bytes.starts_with("\xFF\xD8")) return std::nullopt;
  std::size_t at = 2;
  while (at + 4 <= bytes.size()) {
    if (byte_at(bytes, at) != 0xFF) return std::nullopt;
    const std::uint32_t marker = byte_at(bytes, at + 1);
    if (marker == 0xFF) {  // fill
      ++at;
      continue;
    }
    const std::uint32_t length = big_16(bytes, at + 2);
    if (length < 2 || at + 2 + length > bytes.size()) return std::nullopt;
    const bool is_frame = is_jpeg_ls
                              ? marker == 0xF7
                              : marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    if (marker == 0xDA || marker == 0xD9) return std::nullopt;
    if (is_frame) {
      if (length < 8) return std::nullopt;
      CodestreamHeader header;
      header.precision = byte_at(bytes, at + 4);
      header.rows = big_16(bytes, at + 5);
      header.columns = big_16(bytes, at + 7);
      header.samples = byte_at(bytes, at + 9);
      if (length < 8 + 3 * header.samples) return std::nullopt;
      return header;
    }
    at += 2 + length;
  }
  return std::nullopt;
}

/// ISO/IEC 15444-1, A.5.1: SOC, then SIZ.
std::optional<CodestreamHeader> read_siz(std::string_view bytes) {
  constexpr std::size_t kFixed = 42;
  constexpr std::uint32_t kMaxTiles = 65'535;
  if (!bytes.starts_with("\xFF\x4F\xFF\x51") || bytes.size() < kFixed) return std::nullopt;
  const std::uint32_t width = big_32(bytes, 8);
  const std::uint32_t height = big_32(bytes, 12);
  const std::uint32_t left = big_32(bytes, 16);
  const std::uint32_t top = big_32(bytes, 20);
  const std::uint32_t tile_width = big_32(bytes, 24);
  const std::uint32_t tile_height = big_32(bytes, 28);
  CodestreamHeader header;
  header.samples = big_16(bytes, 40);
  if (left >= width || top >= height || tile_width == 0 || tile_height == 0) return std::nullopt;
  if (header.samples == 0 || bytes.size() < kFixed + std::size_t{3} * header.samples) return std::nullopt;
  const std::uint64_t across = (std::uint64_t{width} + tile_width - 1) / tile_width;
  const std::uint64_t down = (std::uint64_t{height} + tile_height - 1) / tile_height;
  if (across * down > kMaxTiles) return std::nullopt;
  header.columns = width - left;
  header.rows = height - top;
  for (std::uint32_t i = 0; i < header.samples; ++i) {
    const std::size_t at = kFixed + std::size_t{3} * i;
    const std::uint32_t depth = byte_at(bytes, at);
    const std::uint32_t precision = (depth & 0x7FU) + 1;
    if (i > 0 && (precision != header.precision || (depth >= 0x80) != header.is_signed)) return std::nullopt;
    header.precision = precision;
    header.is_signed = depth >= 0x80;
    header.has_subsampling |= byte_at(bytes, at + 1) != 1 || byte_at(bytes, at + 2) != 1;
  }
  return header;
}

/// A JP2 file instead of a bare codestream, which some writers put into DICOM.
std::optional<CodestreamHeader> read_jpeg_2000(std::string_view bytes) {
  if (!bytes.starts_with(std::string_view("\0\0\0\x0CjP  ", 8))) return read_siz(bytes);
  const std::size_t at = bytes.find("\xFF\x4F\xFF\x51");
  if (at == std::string_view::npos) return std::nullopt;
  auto header = read_siz(bytes.substr(at));
  if (header) header->is_jp2 = true;
  return header;
}

}  // namespace

std::optional<CodestreamHeader> read_codestream_header(std::string_view bytes, Codec codec) {
  switch (codec) {
    case Codec::jpeg:
    case Codec::jpeg_lossless:
      return read_jpeg(bytes, false);
    case Codec::jpeg_ls:
      return read_jpeg(bytes, true);
    case Codec::jpeg_2000:
    case Codec::htj2k:
      return read_jpeg_2000(bytes);
    default:
      return std::nullopt;
  }
}

}  // namespace meridian::dicom::internal
