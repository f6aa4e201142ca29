// $import: NDJSON posted to the base goes into the store as it streams in, in bounded memory.
//
//   POST [base]/$import, Content-Type: application/fhir+ndjson (compressed too)
//
// The answer comes when all of it is safe: an import manifest with how many resources went in, and, where lines were
// left out, the URL of an NDJSON file with an OperationOutcome each, whose places are those of the body. Lines that can
// be read go in whatever the others say; an import that is repeated changes nothing. References are not checked.
// Specification: after https://github.com/smart-on-fhir/bulk-import (a draft)
#pragma once

#include <memory>

#include "base/result.hpp"
#include "http/body.hpp"
#include "http/request.hpp"
#include "http/responder.hpp"
#include "rest/exchange.hpp"

namespace meridian::rest {

/// An UploadHandler.
Result<std::unique_ptr<http::BodySink>> import_ndjson(http::Request request, http::Responder responder,
                                                      const FhirServer& server);

/// GET [base]/$import/[job]: the OperationOutcomes of an import.
http::Response give_import_faults(const Exchange& exchange);

}  // namespace meridian::rest
