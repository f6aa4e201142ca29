// Annotated ECG (HL7 v3, "aECG"): an AnnotatedECG document in XML becomes an Ecg.
//
//   AnnotatedECG/component/series                      a rhythm
//     component/sequenceSet/component/sequence         TIME_ABSOLUTE or TIME_RELATIVE, then a lead each
//     subjectOf/annotationSet/component/annotation     what was measured, marked or said
//     derivation/derivedSeries                         representative beats, made up alike
//
// A sequence set becomes a Recording. Times are GLIST_TS or GLIST_PQ (a head and an increment); leads SLIST_PQ or
// SLIST_INT (origin, scale, digits). The document is read by formats/tree, which fetches nothing. Faults have the
// element's path; what they are about is left out. Zones of times are dropped, as LocalStart has none.
// Errors: malformed_input where this is no AnnotatedECG; too_large.
// Specification: HL7 Version 3 Standard: Regulated Studies - Annotated ECG, Release 1 (PORT_RM020001).
#pragma once

#include "formats/signal/ecg.hpp"

namespace meridian::signal {

bool is_aecg(std::string_view bytes);
Result<Ecg> read_aecg(std::string_view bytes, const EcgLimits& limits, Issues& issues);

}  // namespace meridian::signal
