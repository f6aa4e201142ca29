// TransferSyntax: how the bytes of a data set are written: VRs explicit or not, order of bytes, deflated or not, pixels
// as they are or encapsulated in the frames of a codec.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#chapter_10
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace meridian::dicom {

enum class ByteOrder : std::uint8_t { little, big };

enum class Codec : std::uint8_t {
  none,
  jpeg,           ///< baseline, extended
  jpeg_lossless,  ///< process 14
  jpeg_ls,
  jpeg_2000,
  htj2k,  ///< High-Throughput JPEG 2000
  rle,
  other,  ///< video, JPIP, private: frames are kept as they are
};

struct TransferSyntax {
  std::string_view uid;
  std::string_view name;
  bool is_explicit = true;
  ByteOrder order = ByteOrder::little;
  bool is_deflated = false;
  bool is_encapsulated = false;
  Codec codec = Codec::none;
};

namespace uids {
inline constexpr std::string_view kImplicitLittle = "1.2.840.10008.1.2";
inline constexpr std::string_view kExplicitLittle = "1.2.840.10008.1.2.1";
inline constexpr std::string_view kDeflated = "1.2.840.10008.1.2.1.99";
inline constexpr std::string_view kExplicitBig = "1.2.840.10008.1.2.2";
inline constexpr std::string_view kJpegLossless = "1.2.840.10008.1.2.4.70";
inline constexpr std::string_view kRle = "1.2.840.10008.1.2.5";
}  // namespace uids

/// Of the standard's table; nothing (nullptr) where it has no such UID.
const TransferSyntax* find_transfer_syntax(std::string_view uid);
std::span<const TransferSyntax> transfer_syntaxes();

}  // namespace meridian::dicom
