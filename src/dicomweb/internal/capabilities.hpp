// What DICOMweb offers here, in JSON, for people and programs that look.
#pragma once

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {

http::Response capabilities(const DicomWeb& web, const http::Request& request);

}  // namespace meridian::dicomweb::internal
