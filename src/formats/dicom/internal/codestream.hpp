// What the header of a codestream says of its samples, read before a codec sees it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "formats/dicom/transfer_syntax.hpp"

namespace meridian::dicom::internal {

struct CodestreamHeader {
  std::uint32_t rows = 0;
  std::uint32_t columns = 0;
  std::uint32_t samples = 0;
  std::uint32_t precision = 0;
  bool is_signed = false;  ///< JPEG 2000
  bool has_subsampling = false;
  bool is_jp2 = false;  ///< JPEG 2000 within the boxes of a file
};

/// Nothing where the bytes begin no codestream of this codec; RLE has no such header.
std::optional<CodestreamHeader> read_codestream_header(std::string_view bytes, Codec codec);

}  // namespace meridian::dicom::internal
