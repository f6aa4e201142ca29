// EventStream: server-sent events, put in from any thread and sent as the client takes them.
//
//   auto [stream, response] = open_event_stream(max_queued_bytes);
//   stream->send({.event = "alarm", .data = json, .id = "42"});
//
// A client that reads too slowly fills its queue; send() then fails with `busy` and the caller decides (usually: close,
// the client comes back with Last-Event-ID). After the client has gone send() fails with `gone`.
// https://html.spec.whatwg.org/multipage/server-sent-events.html
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/request.hpp"
#include "http/response.hpp"

namespace meridian::http {

struct Event {
  std::string event = {};  ///< its name; empty: "message"
  std::string data = {};   ///< may have several lines
  std::string id = {};
  std::int64_t retry_ms = 0;  ///< 0: not said
};

class EventStream {
 public:
  virtual ~EventStream() = default;
  virtual Result<> send(const Event& event) = 0;
  /// A comment line: keeps the connection's middlemen awake.
  virtual Result<> keep_alive() = 0;
  /// Ends the response after what is queued.
  virtual void close() = 0;
};

struct OpenEventStream {
  std::shared_ptr<EventStream> stream;
  Response response;
};
OpenEventStream open_event_stream(std::size_t max_queued_bytes = 1 << 20);

/// The id of the last event that a returning client has seen, from Last-Event-ID; empty for one that is new.
/// The caller sends what came after it first.
std::string_view last_event_id(const Request& request);

/// An event as it goes over the wire.
std::string to_text(const Event& event);

}  // namespace meridian::http
