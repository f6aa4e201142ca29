// The feed of changes over HTTP: GET /api/v1/feed?after=t&limit=n&types=Patient,Observation, in pages of JSON, or with
// Accept: text/event-stream as a stream that goes on (server-sent events).
//
//   {"entries":[{"commit":12,"type":"Patient","id":"7","version":2,"change":"updated","time":"…"}],
//    "through":12,"current":true}
//
// The next page is after=through. In a stream the last entry of each commit carries the commit as its id, so that a
// client that comes back with Last-Event-ID misses nothing; what it saw of an unfinished commit it sees again. A client
// that reads too slowly is let go and comes back so. Faults are problems (RFC 9457).
#pragma once

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "http/event_stream.hpp"
#include "rest/exchange.hpp"
#include "store/store.hpp"

namespace meridian::rest {

/// Streams that are open, served when something was committed.
class FeedStreams {
 public:
  explicit FeedStreams(const FhirServer& server) : server_(server) {}
  ~FeedStreams() { close(); }
  FeedStreams(const FeedStreams&) = delete;
  FeedStreams& operator=(const FeedStreams&) = delete;

  struct Reader {
    store::ReadContext context;
    store::CommitNumber after;
    std::set<std::string, std::less<>> types;  ///< empty: all
  };
  http::Response open(Reader reader);
  /// Ends all of them.
  void close();

 private:
  struct Stream {
    Reader reader;
    std::shared_ptr<http::EventStream> events;
  };
  void wake();
  void serve_all();
  /// False when the client has gone or is too slow.
  bool serve(Stream& stream) const;

  const FhirServer& server_;
  std::mutex mutex_;  // held while streams are served
  std::vector<Stream> streams_;
  std::mutex wake_mutex_;
  bool is_awake_ = false;
  bool is_closed_ = false;
  std::shared_ptr<void> on_commit_;
};

/// GET /api/v1/feed
http::Response show_feed(const http::Request& request, const FhirServer& server);

}  // namespace meridian::rest
