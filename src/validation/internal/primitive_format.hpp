// Whether a primitive's text is what its type allows: the regular expressions of the specification as hand-written
// scans, and the ranges that a regular expression cannot say (days that exist, 32 bits, a megabyte).
//
// Threads: pure functions.
// Specification: https://hl7.org/fhir/R4/datatypes.html#primitive
#pragma once

#include <string>
#include <string_view>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::validation::internal {

/// What is wrong with the text as a value of that primitive, as a message whose {0} is the text; nullptr: nothing.
const Message* format_fault(fhir::Primitive primitive, std::string_view text);

/// What is questionable though allowed (space at the ends of a string); nullptr: nothing.
const Message* format_doubt(fhir::Primitive primitive, std::string_view text);

/// The JSON kind that a primitive must be written in.
fhir::ValueKind json_kind(fhir::Primitive primitive);

/// `scheme:` of RFC 3986 stands at its front.
bool is_absolute_uri(std::string_view uri);
/// Every `urn:uuid:` and `urn:oid:` keeps its own format.
const Message* urn_fault(std::string_view uri);
bool is_id(std::string_view text);

/// At most 60 bytes of a foreign text for a message, cut at a character's boundary.
std::string excerpt(std::string_view text);

}  // namespace meridian::validation::internal
