// What DICOMweb offers here, in JSON, for people and programs that look.
#pragma once

#include "imaging/internal/dicomweb_common.hpp"

namespace meridian::imaging::internal {

http::Response capabilities(const DicomWeb& web, const http::Request& request);

}  // namespace meridian::imaging::internal
