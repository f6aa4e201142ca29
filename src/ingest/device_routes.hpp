// Routes about devices: /api/v1/devices shows who is registered, what kinds there are, and what waits in quarantine;
// POST admits a device (a form: number, kind, where, topic, key, key_sha256, certificate_sha256). A key is kept as its
// hash alone. `feeds` outlives the router's use.
#pragma once

namespace meridian::http {
class Router;
}

namespace meridian::ingest {

class Feeds;

void mount_devices(http::Router& router, Feeds& feeds);

}  // namespace meridian::ingest
