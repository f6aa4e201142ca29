// care_time(): when the care that a resource tells of was given.
#pragma once

#include <optional>

#include "base/instant.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::rest {

/// Of the first element present that says so (effective[x], performed[x], occurrence[x], period, onset[x], …); dates
/// without an offset are read in UTC. Nothing when no element does: a Patient, a Practitioner.
std::optional<InstantRange> care_time(fhir::Node resource);

}  // namespace meridian::rest
