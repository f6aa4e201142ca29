// Values of FHIR as HL7 v3 writes them.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "formats/fhir/document.hpp"

namespace meridian::mapping::internal {

using Oids = std::map<std::string, std::string, std::less<>>;

/// The text of a child; empty when there is none.
std::string_view child_text(fhir::Node node, std::string_view name);

/// `2024-05-01T10:30:00+08:00` as `20240501103000+0800`; empty when it is no date or time.
std::string v3_time(std::string_view text);
/// As CDA reads numbers: digits, sign, point, exponent; empty otherwise.
std::string v3_number(std::string_view text);
/// Of a system: its OID or UUID. Empty when none is known.
std::string v3_system(std::string_view uri, const Oids& oids);

/// II, of an Identifier. One whose system has no OID gets a UUID made of the system's URI, which readers of ours find
/// again by the assigningAuthorityName (docs/spec-clarifications.d/mapping.md).
std::string v3_root(fhir::Node identifier, const Oids& oids);
std::string v3_extension(fhir::Node identifier, const Oids& oids);
/// The UUID that stands for a URI without an OID.
std::string root_of_uri(std::string_view uri);

/// Of a resource: its id if it is one, or one made of type and id.
std::string uuid_of(fhir::Node resource);

}  // namespace meridian::mapping::internal
