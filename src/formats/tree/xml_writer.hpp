// A Document as XML.
//
//   std::string text = TRY(write_xml(document));
//
// Names are written as the tree has them, prefixes too; that namespaces are declared is its maker's business (`xmlns`
// is an attribute like others). Elements that hold no text are laid out a line each, indented by two; those of
// XmlOutput::mixed, and what is in them, stay on one line, so that no blank is added where blanks count. The same
// tree gives the same bytes.
// Errors: unprocessable, where a name is none of XML or a text holds a character that XML has no way to write
// (xml_text() takes those out).
// Specification: https://www.w3.org/TR/xml/, 2.2 (characters), 2.3 (names), 2.4 and 3.3.3 (what is escaped)
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "formats/tree/document.hpp"

namespace meridian::tree {

struct XmlOutput {
  std::string_view mixed;  ///< elements of this name hold texts and elements, in which blanks count
};

Result<std::string> write_xml(const Document& document, const XmlOutput& output = {});

/// The text without the characters that XML cannot hold: control characters but tab and line ends, U+FFFE, U+FFFF; what
/// is no UTF-8 becomes U+FFFD.
std::string xml_text(std::string_view text);
/// Whether xml_text() would change nothing.
bool is_xml_text(std::string_view text);

}  // namespace meridian::tree
