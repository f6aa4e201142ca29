// The bytes of a CDA R2 document, or of a part of one, as a tree.
//
//   Issues issues;
//   Document document = parse_document(bytes, {}, issues);
//   if (document) for (const Section& section : sections_of(document)) …           // section.hpp
//   Header header = read_header(document);                                        // header.hpp
//
// Names are local names for HL7 v3 (`observation`), `sdtc:…` for HL7's extensions of it, `xsi:…`, and as written for
// others. What can be read gives a tree whatever its content; a part of a document (a section, an entry, a clinical
// statement) does too, and says so.
// Specification: https://www.hl7.org/implement/standards/product_brief.cfm?product_id=7 (CDA R2)
#pragma once

#include <string_view>

#include "formats/tree/xml.hpp"

namespace meridian::cda {

using tree::all;
using tree::Document;
using tree::Element;
using CdaLimits = tree::XmlLimits;

Document parse_document(std::string_view bytes, const CdaLimits& limits, Issues& issues);

/// Whether the root is ClinicalDocument; otherwise it is a part of one.
inline bool is_whole(const Document& document) {
  return document.root().is("ClinicalDocument");
}
/// Whether it says why it has no value.
inline bool is_null(Element element) {
  return !element.attribute("nullFlavor").empty();
}

}  // namespace meridian::cda
