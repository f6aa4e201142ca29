// Bundles: what a message says, as FHIR resources without a store: for `hl7 to-fhir`, for comparison, for other
// systems.
//
// Each write is laid over nothing. A bundle is a transaction of PUTs, so that a server that takes it has the ids that a
// store fed by the same messages has; but a PUT replaces, and so loses what earlier messages said (merge.hpp).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "mapping/mapper.hpp"
#include "mapping/merge.hpp"

namespace meridian::mapping {

/// The resources alone, in the order of the writes.
std::vector<std::string> resources_of(const Mapped& mapped, Merger& merger);
/// A Bundle of type transaction.
std::string bundle_of(const Mapped& mapped, Merger& merger, const fhir::Schema& schema = fhir::Schema::r4());

}  // namespace meridian::mapping
