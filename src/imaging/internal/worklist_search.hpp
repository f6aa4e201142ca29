// Looking for steps of the worklist: candidates by the store's index, in the order of their start, then what matches.
#pragma once

#include <memory>

#include "imaging/internal/worklist_item.hpp"
#include "imaging/worklist.hpp"

namespace meridian::imaging::internal {

struct WorklistSearch {
  const store::Store& store;
  std::shared_ptr<const WorklistRules> rules;
  const mapping::StableIds& ids;
  TimeZone zone;
  std::string default_authority;
  Instant now;
};

Result<std::unique_ptr<WorklistSteps>> search(const WorklistSearch& search, store::ReadContext context,
                                              WorklistRequest request);

}  // namespace meridian::imaging::internal
