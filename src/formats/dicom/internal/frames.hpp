// Which fragments of encapsulated pixel data make which frame.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/dicom/data_set.hpp"

namespace meridian::dicom::internal {

/// Fragments of one frame: [begin, end), without the offset table.
struct FrameRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// By the offset tables, by one fragment a frame, or by where codestreams begin. Nothing where none of these fits.
/// `image` has the pixel data. https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_A.4
std::optional<std::vector<FrameRange>> frame_ranges(const DataSet& image, const Element& pixels, Codec codec,
                                                    std::uint32_t frames);
std::string codestream_of(const Element& pixels, FrameRange range);

}  // namespace meridian::dicom::internal
