// The HTTP inlet: POST /api/v1/feeds/{feed}/messages takes messages of feeds whose connector is http.
//
//   connector: { kind: http }
//
// The body is one message: HL7 v2, a document, a JSON object. With Content-Type application/x-ndjson each line is one.
// The answer comes when all are safe (200: how many, how many were known already; of one its number), or, when the feed
// acknowledges at commit, when it is known what became of them (200; 422 when any is a dead letter). 503: they are not
// safe, and are to be sent again; sending again what was safe changes nothing. `feeds` outlives the router's use.
#pragma once

namespace meridian::http {
class Router;
}

namespace meridian::ingest {

class Feeds;

void mount_inlet(http::Router& router, Feeds& feeds);

}  // namespace meridian::ingest
