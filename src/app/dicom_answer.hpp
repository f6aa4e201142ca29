// Answers in DICOM JSON, as lines on a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "formats/fhir/document.hpp"

namespace meridian::app {

/// `{"found":[…]}`: arrays are read as members of something.
fhir::Document read_page(const std::string& page);
/// The first thing of that key, however deep below the object.
fhir::Node find_below(fhir::Node object, std::string_view key);
/// The values of an attribute as text.
std::string text_of(fhir::Node attribute);
/// A value of an attribute as text; of a name the way it is written first.
std::string value_of(fhir::Node object, std::string_view tag);
/// Without control characters, which a terminal would obey.
std::string plain(std::string text);
/// Rows of as many columns as the first, which is their head.
std::string table(const std::vector<std::vector<std::string>>& rows);

}  // namespace meridian::app
