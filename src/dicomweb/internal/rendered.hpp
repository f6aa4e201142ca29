// WADO-RS: pictures for people: frames rendered as JPEG or PNG, and thumbnails.
//
// `window=center,width,linear`, `viewport=columns,rows[,left,top,columns,rows]` and `quality` are understood; of an
// instance with several frames the first is shown, of a study or a series the instance in the middle.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_8.3.5
#pragma once

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {

http::Response rendered(const DicomWebPtr& web, const http::Request& request);
http::Response thumbnail(const DicomWebPtr& web, const http::Request& request);

}  // namespace meridian::dicomweb::internal
