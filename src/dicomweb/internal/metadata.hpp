// WADO-RS: metadata of objects as DICOM JSON, and what it names as bulk data.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.4.1.1.2
#pragma once

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {

http::Response metadata(const DicomWebPtr& web, const http::Request& request);
http::Response bulk_data(const DicomWebPtr& web, const http::Request& request);

}  // namespace meridian::dicomweb::internal
