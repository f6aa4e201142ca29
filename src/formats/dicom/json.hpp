// A data set as DICOM JSON, and as lines for people.
//
// JSON as PS3.18, annex F: one object, keys are tags of eight digits in ascending order. Numbers are JSON numbers with
// the digits that the file has; what is no number of its VR stays text. Bytes of at most `max_inline_bytes` are
// InlineBinary, in little endian; longer ones, and encapsulated pixels, are a BulkDataURI: `bulk_data` and the
// element's path, `0040A730/2/00081160`. Group lengths are left out. Threads may share data sets.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part18.html#chapter_F
#pragma once

#include <cstddef>
#include <string>

#include "formats/dicom/file.hpp"

namespace meridian::dicom {

struct JsonOptions {
  std::size_t max_inline_bytes = 1024;
  std::string bulk_data = "bulkdata/";  ///< what URIs begin with
};
std::string to_json(const DataSet& set, const JsonOptions& options = {});

struct DumpOptions {
  std::size_t max_value_bytes = 120;  ///< of a value's text; longer ones are cut
};
/// `(0010,0010) PN PatientName: Doe^Jane`, an element a line, items indented.
std::string dump(const File& file, const DumpOptions& options = {});

}  // namespace meridian::dicom
