// The words of a narrative: XHTML without its tags. https://hl7.org/fhir/R4/narrative.html
#pragma once

#include <string>
#include <string_view>

namespace meridian::search::internal {

/// Tags become spaces; the entities of XML and numbers become characters, others spaces.
std::string narrative_text(std::string_view xhtml);

}  // namespace meridian::search::internal
