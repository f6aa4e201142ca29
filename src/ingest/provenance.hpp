// Provenance of what messages made: of each part of a version, the message and the place in it that it came from.
//
// It is kept as a note beside the version (mapping/merge.hpp) and becomes FHIR only when somebody asks: a Provenance
// for each message that the version still holds something of. Its targets are the version, once for each part, with the
// extensions targetPath (FHIRPath) and urn:meridian:extension:message-place ("PID[1]-5[1].1"); its source is the
// message by its control id. The Provenance that the store holds of a message (pipeline.hpp) says the rest: the inbox,
// the feed. Specification: https://hl7.org/fhir/R4/provenance.html, https://hl7.org/fhir/R4/extension-targetpath.html
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "store/store.hpp"

namespace meridian::http {
class Router;
}
namespace meridian::mapping {
class MergeRules;
}

namespace meridian::ingest {

class Feeds;

/// A Bundle of type collection, the newest message first; without entries when no message made any of it.
Result<std::string> provenance_of(const store::Noted& noted, std::shared_ptr<const mapping::MergeRules> rules);

/// GET /fhir/{type}/{id}/$provenance, and of a version. Store and feeds outlive the router.
void mount_provenance(http::Router& router, const store::Store& store, const Feeds& feeds);

}  // namespace meridian::ingest
