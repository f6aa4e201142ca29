// Values of DICOM as FHIR has them.
#pragma once

#include <optional>
#include <string>

#include "base/time_zone.hpp"
#include "formats/dicom/values.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::mapping::internal {

struct ImagingCode {
  std::string system;  ///< empty: not known
  std::string code;
  std::string display;
  bool is_empty() const { return code.empty() && display.empty(); }
};

/// Of the first item of a code sequence.
/// https://dicom.nema.org/medical/dicom/current/output/html/part03.html#table_8.8-1
ImagingCode code_of(const dicom::DataSet& item);
std::vector<ImagingCode> codes_of(const dicom::DataSet& set, dicom::Tag sequence);
/// A Coding.
void write(fhir::JsonWriter& json, const ImagingCode& code);

/// A dateTime: with an offset where there is a time, its seconds filled up. Empty when there is none.
std::string date_time_text(const dicom::DataSet& set, dicom::Tag date, dicom::Tag time, const TimeZone& zone);
/// Whether this can be an id and part of a URN.
bool is_uid(std::string_view text);
/// `Jane Doe`, for displays.
std::string spoken(const dicom::PersonName& name);
/// HumanNames of all its groups.
void write_names(fhir::JsonWriter& json, const dicom::PersonName& name);

}  // namespace meridian::mapping::internal
