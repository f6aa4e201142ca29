// $everything: all of a patient, or all about an encounter, as one Bundle, page by page where _count asks for pages.
//
// Of a patient: one sequential scan of what the store keeps together, with start and end (by the element that says when
// the care was given), _since, _type and _count. Of an encounter: its compartment and what that refers to.
// Specification: https://hl7.org/fhir/R4/patient-operation-everything.html,
// https://hl7.org/fhir/R4/encounter-operation-everything.html
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

/// GET and POST Patient/[id]/$everything
http::Response patient_everything(const Exchange& exchange);
/// GET and POST Encounter/[id]/$everything
http::Response encounter_everything(const Exchange& exchange);

}  // namespace meridian::rest
