// QIDO-RS: what the archive finds, as DICOM JSON.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.6
#pragma once

#include "imaging/internal/dicomweb_common.hpp"

namespace meridian::imaging::internal {

http::Response search(const DicomWeb& web, Level level, const http::Request& request);

}  // namespace meridian::imaging::internal
