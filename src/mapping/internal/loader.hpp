// Loader: the files of a catalogue become a Plan. Faults are issues; a Plan with faults must not be used.
#pragma once

#include <memory>
#include <vector>

#include "base/issue.hpp"
#include "mapping/catalogue.hpp"
#include "mapping/internal/plan.hpp"

namespace meridian::mapping::internal {

std::unique_ptr<Plan> load_plan(const std::vector<CatalogueFile>& files, const fhir::Schema& schema, Issues& issues);

}  // namespace meridian::mapping::internal
