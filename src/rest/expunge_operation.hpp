// $expunge: takes versions out of the store for good: those before the present one, or every trace of a resource.
//
// Not HL7's; named as in known servers. Views hear of it through the feed. POST [type]/[id]/$expunge with
// expungePreviousVersions=true, or expungeEverything=true; without either nothing is done and 400 says so.
#pragma once

#include "rest/exchange.hpp"

namespace meridian::rest {

http::Response expunge_resource(const Exchange& exchange);

}  // namespace meridian::rest
