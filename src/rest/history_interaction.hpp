// history: the versions of one resource, of a type, of all; newest first.
//
// _since, _count, _cursor (of the next link); a HEAD or GET with _count=0 gives the total alone. Deletions are entries
// without a resource. Specification: https://hl7.org/fhir/R4/http.html#history
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

http::Response show_history(const Exchange& exchange);

/// A moment of a query parameter (_since): an instant, or a date or date-time whose beginning (in UTC) is meant.
std::optional<Instant> moment_of(std::string_view text);

}  // namespace meridian::rest
