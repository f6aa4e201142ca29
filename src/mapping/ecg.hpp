// Electrocardiograms as FHIR: an Observation a series, with SampledData for each lead; one of what was measured; a
// DiagnosticReport of what was said; a Patient where the file names one.
//
//   for (const std::string& resource : resources_of(ecg, context)) …
//
// Leads are coded by IEEE 11073-10101, as FHIR's own example has them; measurements by it and by LOINC where the code
// is known, and always by MDC's name as text. A recording of another kind (WFDB) is an Ecg of one series. Ids are
// stable (stable_id.hpp): a patient's by number and authority, the others' by all that they say. Errors: too_large
// beyond `max_samples`. Values, without threads. Specification: https://hl7.org/fhir/R4/datatypes.html#SampledData,
// https://hl7.org/fhir/R4/observation-example-sample-data.html
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/time_zone.hpp"
#include "formats/signal/ecg.hpp"

namespace meridian::mapping {

struct EcgContext {
  std::string tenant_key;                 ///< secret; ids are HMACs under it
  TimeZone zone;                          ///< of the recording's clock
  std::string default_authority;          ///< URI of whose patient numbers stand without one; empty: urn:id:unknown
  std::uint64_t max_samples = 5'000'000;  ///< of all series together: some bytes of text each
};

Result<std::vector<std::string>> resources_of(const signal::Ecg& ecg, const EcgContext& context);
/// A transaction of PUTs of them.
std::string bundle_of(const std::vector<std::string>& resources);

}  // namespace meridian::mapping
