// A scheduled procedure step of an order, and of an appointment where it has one, as PS3.4, table K.6-1 has it.
//
// The step itself is made first: it needs little, and most queries are decided by it. The rest is read of the record
// when the step matches, what is seldom asked for (weight, allergies) only when it is asked for.
#pragma once

#include <optional>
#include <string>

#include "base/time_zone.hpp"
#include "imaging/internal/records.hpp"
#include "imaging/worklist_query.hpp"
#include "imaging/worklist_rules.hpp"
#include "mapping/stable_id.hpp"

namespace meridian::imaging::internal {

struct StepSettings {
  const WorklistRules& rules;
  const TimeZone& zone;
  const mapping::StableIds& ids;
  const std::string& default_authority;
};

struct StepSource {
  fhir::Node order;
  fhir::Node appointment;  ///< null: the order's own time counts
};

/// One item of the Scheduled Procedure Step Sequence.
struct Step {
  Item item;
  std::string modality;
  std::vector<std::string> stations;        ///< AE titles; empty: it is not said where
  bool operator<(const Step& other) const;  ///< by its start
};

/// Nothing where this is no step: no imaging, or no day.
std::optional<Step> step_of(const StepSource& source, const StepSettings& settings, Records& records);

/// All that is said of the step, around it; `keys` tell what is asked for.
Item worklist_item(Step step, const StepSource& source, const WorklistKeys& keys, const StepSettings& settings,
                   Records& records);

}  // namespace meridian::imaging::internal
