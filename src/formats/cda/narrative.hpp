// Narrative: the text of sections, which entries point into by ID, and bodies that are not XML.
//
// A reference is `#id` of an element of the narrative with that ID. The XHTML is what FHIR's narrative allows: CDA's
// own elements become their nearest, links and images that lead out of the document do not come along. Specification:
// CDA R2, 4.3.5 (narrative block) and 4.3.1 (nonXMLBody); https://hl7.org/fhir/R4/narrative.html
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "base/issue.hpp"
#include "formats/cda/document.hpp"

namespace meridian::cda {

class NarrativeIndex {
 public:
  NarrativeIndex() = default;
  explicit NarrativeIndex(const Document& document);
  /// The element of that ID; `#` before it is allowed. Absent: nothing has it, or it is no reference into the text.
  Element find(std::string_view reference) const;
  /// Elements whose ID another one before them has.
  const std::vector<Element>& duplicates() const { return duplicates_; }

 private:
  std::unordered_map<std::string_view, Element> by_id_;
  std::vector<Element> duplicates_;
};

/// The text in an element as lines: paragraphs, list items and table rows apart, cells divided by ` | `.
std::string plain_text(Element element);
/// What an ED says: its own text, or that of the narrative it refers to.
std::string text_of(Element encapsulated, const NarrativeIndex& index);
/// `<div xmlns="http://www.w3.org/1999/xhtml">…</div>`
std::string to_xhtml(Element narrative);

struct Attachment {
  std::string media_type;
  std::string bytes;     ///< decoded
  std::string location;  ///< instead of bytes: where they are
};
/// The nonXMLBody, or any other ED that embeds something. What is wrong with it is an Issue, with the bytes it has.
Attachment read_attachment(const Document& document, Element encapsulated, Issues& issues);
/// What the first bytes say: "application/pdf", "text/rtf", "image/jpeg" …; empty: nothing known.
std::string_view sniffed_media_type(std::string_view bytes);

}  // namespace meridian::cda
