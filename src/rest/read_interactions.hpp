// read and vread: one resource, now or as one of its versions.
// Specification: https://hl7.org/fhir/R4/http.html#read, #vread
#pragma once

#include "rest/exchange.hpp"
#include "store/version.hpp"

namespace meridian::rest {

/// GET [type]/[id]: 200 with ETag and Last-Modified, 404, or 410 of a deleted one. HEAD, If-None-Match and
/// If-Modified-Since are answered by the HTTP layer from these.
http::Response read_resource(const Exchange& exchange);
/// GET [type]/[id]/_history/[version]
http::Response read_version(const Exchange& exchange);

/// The answer that shows a version, in the form and view asked for.
http::Response show_version(store::Version&& version, const Exchange& exchange, int status = 200);

}  // namespace meridian::rest
