// Values whose words lie in one order of bytes, in another.
#pragma once

#include <string>
#include <string_view>

#include "formats/dicom/tag.hpp"
#include "formats/dicom/transfer_syntax.hpp"

namespace meridian::dicom::internal {

/// A last word that is cut stays as it is.
std::string in_order(std::string_view value, Vr vr, ByteOrder from, ByteOrder to);

}  // namespace meridian::dicom::internal
