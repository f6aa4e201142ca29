// Which fragments of encapsulated pixel data make which frame.
#pragma once

#include <optional>
#include <string>

#include "formats/dicom/data_set.hpp"

namespace meridian::dicom::internal {

/// By the offset tables, by one fragment a frame, or by where codestreams begin. Nothing where none of these fits.
/// `image` has the pixel data. https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_A.4
std::optional<std::string> coded_frame(const DataSet& image, const Element& pixels, Codec codec, std::uint32_t index,
                                       std::uint32_t frames);

}  // namespace meridian::dicom::internal
