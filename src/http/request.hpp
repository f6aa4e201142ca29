// Request: what a handler is given. One object a request, owned by the handler's call, free of sockets.
//
// Tests make one directly: `Request request(Method::post, "/fhir/$validate"); request.body = ...;` and hand it to
// Router::answer(). The strings in it may hold patient data: they go into no log, error or metric; `route` may.
// A deferred handler owns its Request and may move it to any thread; nothing in it is shared except `stop`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/stop.hpp"
#include "base/trace.hpp"
#include "http/headers.hpp"
#include "http/method.hpp"
#include "http/target.hpp"

namespace meridian::http {

/// Who is at the other end of the connection.
struct Peer {
  std::string address;  ///< "127.0.0.1", "::1", or "unix"
  std::uint16_t port = 0;
  bool encrypted = false;
  std::string certificate_subject;  ///< RFC 2253 form of a verified client certificate; empty without one
  std::string certificate_sha256;   ///< its fingerprint in lower-case hexadecimal; empty without one
};

struct PathParameter {
  std::string_view name;  ///< of the route's pattern; lives as long as the Router
  std::string value;      ///< decoded
};

struct Request {
  Method method = Method::get;
  Target target;
  Headers headers;
  /// Already decompressed, never longer than the route's limit. Empty where a BodySink takes the body.
  std::string body;
  std::vector<PathParameter> path_parameters;
  /// The pattern of the route that answers, "/fhir/{type}/{id}": what logs and metrics may show.
  std::string_view route;
  Peer peer;
  TraceContext trace;
  /// When the answer is no longer wanted; long loops look at it.
  Deadline deadline;
  /// Stops when the client has gone or the server's drain deadline has passed.
  StopToken stop;

  Request() = default;
  /// For tests and for calls within the program. A bad target leaves an empty one.
  Request(Method m, std::string_view raw_target);

  /// The value of `{name}` in the route's pattern; "" when there is none.
  std::string_view path_parameter(std::string_view name) const;
  /// The first query parameter of that name.
  std::optional<std::string_view> query(std::string_view name) const { return target.parameter(name); }
  /// Content-Type without its parameters, as sent: "application/fhir+json".
  std::string_view content_type() const;
  /// The host asked for: the absolute form's authority, else Host.
  std::string_view host() const;
  /// The body as application/x-www-form-urlencoded.
  Result<std::vector<QueryParameter>> form() const { return parse_query(body); }
};

}  // namespace meridian::http
