// Bytes as UTF-8 where values may switch to other sets by escape sequences (2.7.2).
//
// A sequence such as \C2D43\ or \M2442\ holds to the next one, or to the end of its field. In the sets of two bytes a
// pair of bytes is a character even where one looks like a separator; what cannot begin a pair ends the run.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "formats/hl7v2/charset.hpp"

namespace meridian::hl7v2::internal {

/// Whether anything looks like such a sequence.
bool has_switch(std::string_view bytes);

/// Appends the text, the sequences left in it, and says how many places were no characters.
std::size_t append_switching(std::string& out, std::string_view bytes, Charset charset);

}  // namespace meridian::hl7v2::internal
