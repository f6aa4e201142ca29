// write_xml: a Document in FHIR's XML form.
//
// Elements stand in the order of the schema, whatever their order in the JSON; the narrative stands as it is, digits
// of numbers too. Reading the result gives the same content back; what XML cannot hold (unknown members, a narrative
// that is no div, control characters, an empty array) is left out and reported.
// Threads: any. Specification: https://hl7.org/fhir/R4/xml.html
#pragma once

#include <cstdint>
#include <string>

#include "base/issue.hpp"
#include "formats/fhir/document.hpp"

namespace meridian::fhir {

enum class XmlLayout : std::uint8_t { compact, pretty };

/// Appends the XML of a resource. An error among the issues means that something was left out. A document
/// without root, or whose root is no resource, gives nothing.
void write_xml(const Document& document, XmlLayout layout, std::string& out, Issues& issues);

}  // namespace meridian::fhir
