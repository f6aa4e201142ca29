// Files written: in another transfer syntax, pixels decoded or coded on the way.
//
//   std::string plain = TRY(dicom::transcode(file, dicom::uids::kExplicitLittle, {}, issues));
//
// A File that is to stay as it is need not be written: File::bytes() has every bit of it. Transcoding keeps all
// elements and their values, except group lengths, padding after the data set, groups 0000 and 0002 and, where pixels
// are decoded or coded, what describes their coding (offset tables, Photometric Interpretation, Planar Configuration).
// Sequences and items get defined lengths, values that are too long for their VR's 16 bits become UN, as the standard
// has it. Targets: implicit and explicit VR, big endian, deflated, RLE, JPEG lossless (process 14, selection value 1).
// Single bits are not coded. Errors: those of decode_frame; unsupported for other targets; too_large beyond
// WriteLimits. Specification: https://dicom.nema.org/medical/dicom/current/output/html/part10.html#chapter_7
#pragma once

#include <string>

#include "formats/dicom/pixels.hpp"

namespace meridian::dicom {

struct WriteLimits {
  PixelLimits pixels;
  std::uint64_t max_pixel_bytes = std::uint64_t{2} << 30;  ///< of all frames that are decoded
};

Result<std::string> transcode(const File& file, std::string_view transfer_syntax_uid, const WriteLimits& limits,
                              Issues& issues);

}  // namespace meridian::dicom
