// What the worklist says of a patient and of the visit: from the order's subject and encounter.
#pragma once

#include <string>

#include "imaging/internal/worklist_item.hpp"

namespace meridian::imaging::internal {

/// The attributes of the patient and of the visit (PS3.4, table K.6-1). What takes a search of its own (weight, height,
/// allergies, alerts, pregnancy) is there only where a key asks for it.
void describe_patient(Item& item, fhir::Node order, const WorklistKeys& keys, const StepSettings& settings,
                      Records& records);

/// PN of whom a reference leads to, or is called.
std::string practitioner_name(fhir::Node reference, fhir::Node within, Records& records);

}  // namespace meridian::imaging::internal
