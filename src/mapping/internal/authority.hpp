// Whose numbers these are, as a URI: for Identifier.system and for stable ids, alike in all formats.
#pragma once

#include <string>
#include <string_view>

namespace meridian::mapping::internal {

bool is_oid(std::string_view text);
/// Text as part of a URI: what does not belong there is percent-encoded.
std::string uri_part(std::string_view text);
/// Of HL7 v2's HD, or DICOM's issuers: a universal id says more than a namespace, which only its own hospital
/// understands. Empty when both are.
std::string authority_uri(std::string_view name, std::string_view universal, std::string_view kind);

}  // namespace meridian::mapping::internal
