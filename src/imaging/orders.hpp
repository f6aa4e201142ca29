// Orders: the numbers by which an order of imaging (a ServiceRequest) and the study that is made for it know of each
// other.
//
// The study's UID is the order's own where it has one (an identifier of the system urn:dicom:uid); else 2.25 and the
// order's id as a number, where that is a UUID, as of all orders that came by messages; else 2.25 and a UUID that is
// made of the id with the tenant's key. It is the same whenever it is asked for, so that a study that comes back leads
// to its order, and its ImagingStudy's id is known before. The accession number is an identifier of type ACSN, else the
// filler's (FILL), else the placer's (PLAC), as far as it has no more than 16 characters.
// Specification: https://dicom.nema.org/medical/dicom/current/output/html/part05.html#sect_B.2
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "formats/fhir/document.hpp"
#include "store/context.hpp"

namespace meridian::mapping {
class StableIds;
}
namespace meridian::store {
class Store;
}

namespace meridian::imaging {

struct OrderNumbers {
  std::string accession;  ///< may be empty
  std::string procedure;  ///< Requested Procedure ID: the placer's, else the filler's, else one made of the id
  std::string placer;
  std::string filler;
  std::string study;  ///< Study Instance UID
};
OrderNumbers numbers_of(fhir::Node order, const mapping::StableIds& ids);

/// A number of at most 16 characters that is always the same for a resource; hexadecimal.
std::string made_number(std::string_view type, std::string_view id, const mapping::StableIds& ids);

/// The order that a study was made for: one whose study UID this is, else the only one of the patient ("Patient/7")
/// with the accession number. "ServiceRequest/5", or empty.
Result<std::string> order_of(const store::Store& store, const store::ReadContext& context,
                             const mapping::StableIds& ids, std::string_view study, std::string_view accession,
                             std::string_view patient);

}  // namespace meridian::imaging
