// STOW-RS: objects that come in a body, one or many, and what became of each.
//
// A part that is refused does not keep the others from being stored. Several objects may be on their way into the
// archive at once; the body waits while they are many.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.5
#pragma once

#include <memory>

#include "dicomweb/internal/common.hpp"
#include "http/router.hpp"

namespace meridian::dicomweb::internal {

Result<std::unique_ptr<http::BodySink>> store_instances(const DicomWebPtr& web, const http::Request& request,
                                                        http::Responder responder);

}  // namespace meridian::dicomweb::internal
