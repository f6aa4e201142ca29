// Writing a Document, or a part of it, as JSON.
//
// As received: the same members in the same order, the same digits and escapes; only white space is chosen anew.
// Nothing is lost, whatever the text held: unknown members, nulls, ids and extensions of primitives.
//
// Canonical: equal content gives equal bytes. No white space; `resourceType` first, then the members in the order
// of the schema's elements, `_name` after `name`, then unknown members in the order received; strings escaped as
// little as JSON allows; the digits of numbers as received, since FHIR's decimals mean their precision.
//
// Specification: https://hl7.org/fhir/R4/json.html
#pragma once

#include <string>

#include "formats/fhir/document.hpp"
#include "formats/fhir/json_writer.hpp"

namespace meridian::fhir {

/// As received. Empty for a document without root.
std::string write_json(const Document& document, JsonStyle style = JsonStyle::compact);
/// Of one node: its value or object, without its key and, if it is a primitive, without its `_name` object.
std::string write_json(Node node, JsonStyle style = JsonStyle::compact);

/// Canonical. Empty for a document without root.
std::string write_canonical_json(const Document& document);
std::string write_canonical_json(Node node);

}  // namespace meridian::fhir
