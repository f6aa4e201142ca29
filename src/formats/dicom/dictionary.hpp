// The dictionary of data elements (PS3.6): keyword and VR of a tag. The table lies in the program; threads may share
// it. Specification: https://dicom.nema.org/medical/dicom/current/output/html/part06.html
#pragma once

#include <optional>
#include <string_view>

#include "formats/dicom/tag.hpp"

namespace meridian::dicom {

/// "PatientName"; empty where the tag is private or not known. Group lengths and private creators have names too.
std::string_view keyword(Tag tag);
std::optional<Tag> tag_of(std::string_view keyword);

/// What an implicit VR hangs on.
struct VrContext {
  bool is_signed = false;  ///< PixelRepresentation is 1
};
/// UN where the tag is not known. Where OB and OW are possible, OW, as implicit VR has it (PS3.5, A.1).
Vr vr_of(Tag tag, VrContext context = {});

}  // namespace meridian::dicom
