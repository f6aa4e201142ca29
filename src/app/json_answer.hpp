// What the server answered, as JSON that is no resource.
#pragma once

#include <string>
#include <string_view>

#include "formats/fhir/document.hpp"

namespace meridian::app {

/// Items of an array are children of what holds it, one by one, each with the array's name.
fhir::Document read_answer(const std::string& body);
/// The text of a member; empty when there is none.
std::string member(fhir::Node object, std::string_view key);

}  // namespace meridian::app
