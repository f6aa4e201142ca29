// Structured reports as text that people read: a line a content item, indented by the tree.
//
//   Imaging Measurement Report
//     Observer: Doe Jane
//     Measurement: 12.5 mm
//
// All value types; items that refer to others or to images say so. Empty where the data set has no content tree.
// Threads may share data sets. Specification:
// https://dicom.nema.org/medical/dicom/current/output/html/part03.html#sect_C.17.3
#pragma once

#include <string>

#include "formats/dicom/data_set.hpp"

namespace meridian::dicom {

std::string report_text(const DataSet& report);

}  // namespace meridian::dicom
