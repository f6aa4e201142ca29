// Escapes: what a value's text is, and how a text is written as a value.
//
//   \F\ \S\ \T\ \R\ \E\ \P\   the separators, as this message declares them
//   \X0D0A\                   bytes; those that make no UTF-8 count as ISO 8859-1
//   \.br\ \.sp2\              line breaks: one, and three (a new line, then two skipped)
//   \H\ \N\ \.in+4\ …         highlighting and layout: nothing is left of them in plain text
//   \C2D41\ \M2442\           a change of character set: nothing is left of it, charset.hpp has followed it
//   anything else             stands as it is, escape characters included: local escapes (\Zxx\) and strays
//
// Specification: HL7 v2.5.1, chapter 2, 2.7. Readings: docs/spec-clarifications.d/formats-hl7v2.md.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "formats/hl7v2/separators.hpp"

namespace meridian::hl7v2 {

/// Appends the text that a value's bytes mean, and says how many escape characters stand in it that begin no sequence.
std::size_t append_unescaped(std::string& out, std::string_view raw, const Separators& separators);

/// Appends a value's bytes for a text: separators and control characters escaped, so that they come back the same.
void append_escaped(std::string& out, std::string_view text, const Separators& separators);

}  // namespace meridian::hl7v2
