// Validation of structure: what CDA R2 itself requires, whatever templates a document claims.
//
// Header parts and their number, the shape of sections and entries, classes and moods, data types (times, numbers,
// identifiers, code systems, null flavours), IDs of the narrative and references to them, the body. All as Issues with
// an XPath-like path and a line. Templates (C-CDA, IPS, WS/T 500) are for Schematron that users supply.
// Specification: CDA R2, 4.2 and 4.3; HL7 v3 Data Types.
#pragma once

#include "base/issue.hpp"
#include "formats/cda/document.hpp"

namespace meridian::cda {

void validate(const Document& document, Issues& issues);

}  // namespace meridian::cda
