// From the resources of a Builder to Writes: the elements of each resource cut into slots by the MergeRules.
#pragma once

#include <vector>

#include "mapping/internal/builder.hpp"
#include "mapping/merge_rules.hpp"
#include "mapping/write.hpp"

namespace meridian::mapping::internal {

/// Resources that say nothing give no write.
std::vector<Write> make_writes(const Builder& builder, const fhir::Schema& schema, const MergeRules& rules,
                               const Stamp& stamp);

}  // namespace meridian::mapping::internal
