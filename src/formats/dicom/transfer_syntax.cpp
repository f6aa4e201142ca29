#include "formats/dicom/transfer_syntax.hpp"

namespace meridian::dicom {
namespace {

constexpr TransferSyntax encapsulated(std::string_view uid, std::string_view name, Codec codec) {
  return {uid, name, true, ByteOrder::little, false, true, codec};
}

// PS3.6, table A-1.
constexpr TransferSyntax kAll[] = {
    {uids::kImplicitLittle, "Implicit VR Little Endian", false},
    {uids::kExplicitLittle, "Explicit VR Little Endian"},
    {"1.2.840.10008.1.2.1.98", "Encapsulated Uncompressed Explicit VR Little Endian", true, ByteOrder::little, false,
     true, Codec::other},
    {uids::kDeflated, "Deflated Explicit VR Little Endian", true, ByteOrder::little, true},
    {uids::kExplicitBig, "Explicit VR Big Endian", true, ByteOrder::big},
    encapsulated("1.2.840.10008.1.2.4.50", "JPEG Baseline", Codec::jpeg),
    encapsulated("1.2.840.10008.1.2.4.51", "JPEG Extended", Codec::jpeg),
    encapsulated("1.2.840.10008.1.2.4.57", "JPEG Lossless", Codec::jpeg_lossless),
    encapsulated(uids::kJpegLossless, "JPEG Lossless, First-Order Prediction", Codec::jpeg_lossless),
    encapsulated("1.2.840.10008.1.2.4.80", "JPEG-LS Lossless", Codec::jpeg_ls),
    encapsulated("1.2.840.10008.1.2.4.81", "JPEG-LS Near-Lossless", Codec::jpeg_ls),
    encapsulated("1.2.840.10008.1.2.4.90", "JPEG 2000 Lossless", Codec::jpeg_2000),
    encapsulated("1.2.840.10008.1.2.4.91", "JPEG 2000", Codec::jpeg_2000),
    encapsulated("1.2.840.10008.1.2.4.92", "JPEG 2000 Part 2 Multi-component Lossless", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.93", "JPEG 2000 Part 2 Multi-component", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.94", "JPIP Referenced", Codec::other),
    {"1.2.840.10008.1.2.4.95", "JPIP Referenced Deflate", true, ByteOrder::little, true, true, Codec::other},
    encapsulated("1.2.840.10008.1.2.4.100", "MPEG2 Main Profile / Main Level", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.101", "MPEG2 Main Profile / High Level", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.102", "MPEG-4 AVC/H.264 High Profile / Level 4.1", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.103", "MPEG-4 AVC/H.264 BD-compatible", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.104", "MPEG-4 AVC/H.264 High Profile for 2D Video", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.105", "MPEG-4 AVC/H.264 High Profile for 3D Video", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.106", "MPEG-4 AVC/H.264 Stereo High Profile", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.107", "HEVC/H.265 Main Profile", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.108", "HEVC/H.265 Main 10 Profile", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.110", "JPEG XL Lossless", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.111", "JPEG XL JPEG Recompression", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.112", "JPEG XL", Codec::other),
    encapsulated("1.2.840.10008.1.2.4.201", "High-Throughput JPEG 2000 Lossless", Codec::htj2k),
    encapsulated("1.2.840.10008.1.2.4.202", "High-Throughput JPEG 2000 with RPCL Lossless", Codec::htj2k),
    encapsulated("1.2.840.10008.1.2.4.203", "High-Throughput JPEG 2000", Codec::htj2k),
    encapsulated(uids::kRle, "RLE Lossless", Codec::rle),
};

}  // namespace

std::span<const TransferSyntax> transfer_syntaxes() {
  return kAll;
}

const TransferSyntax* find_transfer_syntax(std::string_view uid) {
  for (const TransferSyntax& syntax : kAll) {
    if (syntax.uid == uid) return &syntax;
  }
  return nullptr;
}

}  // namespace meridian::dicom
