// The routes of feeds, the inbox and dead letters: mount_feeds() puts them into an http::Router at /api/v1/feeds.
//
// Answers are JSON; what a message holds is shown only where one message is asked for. Questions about patients are
// asked in a body, so that no URL holds one's number. `feeds` outlives the router's use. Threads: the server's.
#pragma once

namespace meridian::http {
class Router;
}

namespace meridian::ingest {

class Feeds;

void mount_feeds(http::Router& router, Feeds& feeds);

}  // namespace meridian::ingest
