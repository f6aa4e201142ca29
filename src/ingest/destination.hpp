// Destination: where an outbound feed takes its messages: another system by MLLP, a FHIR server, or a folder.
//
// An outbound feed is a feed whose messages come from other feeds instead of a listener: they are safe in its inbox,
// taken to their destination one after another of a patient, tried again while it does not answer, and wait as dead
// letters when it refuses them; they are searched, replayed and mended as any others.
//
//   mllp   the message as it came; AA and CA are success, AE and AR a refusal with what its ERR or MSA-3 says
//   fhir   what the mapping makes of it, as a transaction of PUTs; 2xx is success, 4xx (but 408, 429) a refusal
//   file   a file of its own, FEED-NUMBER.hl7 (.json, .xml), that appears whole
// Any thread. Lifetime: Io and mapper outlive it.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "ingest/feed.hpp"
#include "ingest/ports.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::ingest {

/// For the feed's `destination`. `mapper` is asked for fhir alone. Errors: invalid_argument (certificates, URL),
/// io_failure (the folder).
Result<std::unique_ptr<Forwarder>> make_delivery(const Feed& feed, net::Io& io, const Mapper* mapper);

/// What an MSA and ERR say: accepted, or refused and why. A text that is no acknowledgement of that message is a
/// failure, after which it is sent again.
Forwarded read_acknowledgement(std::string_view ack, std::string_view control_id, Issues& issues);

}  // namespace meridian::ingest
