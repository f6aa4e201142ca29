// Everything of a patient: https://hl7.org/fhir/R4/patient-operation-everything.html
#pragma once

#include "store/internal/core.hpp"
#include "store/internal/scanning.hpp"

namespace meridian::store {

/// First what lies in the patient's home, one sequential read; then the rest of the compartment, by the index; then
/// what all these refer to. not_found when there is no such patient.
Result<> visit_everything(const Core& core, const ReadContext& context, std::string_view patient,
                          const VersionVisitor& visit);

}  // namespace meridian::store
