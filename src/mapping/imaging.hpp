// ImagingStudies: DICOM instances become FHIR ImagingStudies, one a study, with its series and instances, and the
// patients that they are of.
//
//   ImagingStudies studies(context);
//   for (const dicom::File& file : files) studies.add(file.data_set(), issues);
//   for (const std::string& resource : studies.resources()) …            // a Patient and an ImagingStudy each
//
// Instances may come in any order, and twice. What is said of a study, a series or a patient is taken from the first
// instance that says it; series and instances are in the order of their numbers. Ids are stable (stable_id.hpp): a
// study's by its UID; a patient's by number and issuer, as for HL7 v2, so that both meet in one Patient. A patient
// without a number is this study's alone. An instance without the UIDs that it needs is left out, and said.
// Memory: some hundred bytes an instance, of at most `max_instances`. Threads: one at a time.
// Specification: https://hl7.org/fhir/R4/imagingstudy-mappings.html (DICOM Tag Mapping)
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/issue.hpp"
#include "base/time_zone.hpp"

namespace meridian::dicom {
struct DataSet;
}

namespace meridian::mapping {

struct ImagingContext {
  std::string tenant_key;         ///< secret; ids are HMACs under it
  TimeZone zone;                  ///< of times without an offset
  std::string default_authority;  ///< URI of whose patient numbers stand without an issuer; empty: urn:id:unknown
  std::size_t max_instances = 1'000'000;
};

class ImagingStudies {
 public:
  explicit ImagingStudies(ImagingContext context);
  ImagingStudies(ImagingStudies&&) noexcept;
  ImagingStudies& operator=(ImagingStudies&&) noexcept;
  ~ImagingStudies();

  /// The paths of issues are tags. Whether it was taken, or was there already.
  bool add(const dicom::DataSet& set, Issues& issues);
  std::size_t size() const;  ///< studies

  /// In the order of study UIDs: the Patient, where it was not given yet, then the ImagingStudy.
  std::vector<std::string> resources() const;
  /// A transaction of PUTs for each study.
  std::vector<std::string> bundles() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace meridian::mapping
