// QIDO-RS: what the archive finds, as DICOM JSON.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.6
#pragma once

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {

http::Response search(const DicomWeb& web, imaging::Level level, const http::Request& request);

}  // namespace meridian::dicomweb::internal
