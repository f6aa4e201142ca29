// WADO-RS of whole objects: studies, series and instances as Part 10 files; and their removal.
//
// In the transfer syntax that is accepted: as it is stored, bit for bit, where that is among them; else written anew.
// Nothing said is Explicit VR Little Endian, as the standard has it. Objects that nothing that is accepted fits are
// left out (206), or all of them are (406).
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#sect_10.4
#pragma once

#include "dicomweb/internal/common.hpp"

namespace meridian::dicomweb::internal {

http::Response retrieve(const DicomWebPtr& web, const http::Request& request);
http::Response remove(const DicomWeb& web, const http::Request& request);

/// A quoted entity tag of an object's bytes.
std::string entity_tag(const imaging::StoredInstance& stored, std::string_view of = {});

}  // namespace meridian::dicomweb::internal
