// Router: which handler answers which method and path.
//
// A pattern is segments between slashes: a literal (`$validate`), a parameter (`{id}`, one segment, never empty), or,
// as the last, a tail (`{path...}`, the rest with its slashes). A literal wins over a parameter, a parameter over a
// tail; the most specific path decides and then the method: a known path without that method is 405 with Allow.
// HEAD is answered by GET's handler, OPTIONS by the router, unless a route says otherwise.
// Fill it first, then share it: answering changes nothing, so any number of threads may use one.
//
//   Router router;
//   router.add(Method::get, "/fhir/{type}/{id}", read_resource).summary("Read one resource");
//   router.add(Method::get, "/health", [](const Request&) { return Response::text("ok"); }).run(Run::inline_);
//
// Handlers are plain functions, of one of four kinds:
//   Handler            answers at once:  Response(const Request&)
//   DeferredHandler    answers later, through its Responder, from any thread
//   UploadHandler      takes the body piece by piece and answers through its Responder
//   WebSocketAccept    accepts the upgrade, or refuses with an error
// A handler that throws is answered 500 and reported; the exception goes no further.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/callback.hpp"
#include "http/openapi.hpp"
#include "http/request.hpp"
#include "http/responder.hpp"
#include "http/websocket.hpp"

namespace meridian::http {

using Handler = Callback<Response(const Request&)>;
using DeferredHandler = Callback<void(Request, Responder)>;
using UploadHandler = Callback<Result<std::unique_ptr<BodySink>>(Request, Responder)>;
using WebSocketAccept = Callback<Result<std::unique_ptr<WebSocketHandler>>(const Request&)>;
/// Writes a problem (application/problem+json) anew, in the form that an API promises; status and fields stay.
using ProblemForm = Callback<void(const Request&, Response& problem)>;

enum class Run : std::uint8_t {
  pool,    ///< on the executor; may take as long as the request's deadline
  inline_  ///< on the socket's own thread: only for what takes microseconds and waits for nothing
};

/// One method of one pattern, and what is said of it. Made by Router::add; the setters chain.
class Route {
 public:
  Route(Method m, std::string text);

  Route& run(Run w);
  /// Instead of the server's limit.
  Route& max_body(std::uint64_t limit);
  /// Instead of the server's time for an answer.
  Route& time_limit_milliseconds(std::int64_t milliseconds);

  Route& summary(std::string text);
  Route& describe(ApiDescription description);
  Route& parameter(ApiParameter parameter);
  Route& accepts(std::string media_type, std::string schema = {});
  Route& responds(int status, std::string description, std::string media_type = {}, std::string schema = {});
  Route& tag(std::string name);
  Route& hidden();
  /// Not counted against a client's quota: for those who ask whether the server is well.
  Route& unmetered();

  Method method;
  std::string pattern;
  Run where = Run::pool;
  std::uint64_t body_limit = 0;    ///< 0: the server's
  std::int64_t time_limit_ms = 0;  ///< 0: the server's
  bool is_unmetered = false;
  ApiDescription api;
  WebSocketRules websocket_rules;

  // Exactly one of these is set.
  Handler handler;
  DeferredHandler deferred;
  UploadHandler upload;
  WebSocketAccept websocket;
};

class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  // A pattern that is malformed, or given twice for a method, is a programming error and stops the program.
  // The reference given back stays good as long as the Router.
  Route& add(Method method, std::string_view pattern, Handler handler);
  Route& add_deferred(Method method, std::string_view pattern, DeferredHandler handler);
  Route& add_upload(Method method, std::string_view pattern, UploadHandler handler);
  Route& add_websocket(std::string_view pattern, WebSocketAccept accept, WebSocketRules rules = {});

  /// The form of every problem below a path ("/fhir"), those too that no handler makes: no such path, a method that is
  /// not known, a body too long, no answer in time. Only a request whose head cannot be read is answered without it.
  void tell_problems(std::string_view path, ProblemForm form);
  /// Applies that to a response that is a problem.
  void tell_problem(const Request& request, Response& response) const;

  struct Match {
    const Route* route = nullptr;  ///< null: `answer` says why
    int status = 200;              ///< 404, 405, or 204 for OPTIONS
    std::string allow;             ///< the Allow field, of 405 and 204
  };
  /// Finds the route and fills the request's `route` and `path_parameters`.
  Match match(Request& request) const;

  /// Runs the whole of it on the calling thread, for tests and calls within the program: finds the route, calls a
  /// plain Handler, turns everything else into a problem.
  Response answer(Request& request) const;

  /// In the order they were added.
  const std::vector<std::unique_ptr<Route>>& routes() const;

 private:
  struct Node;
  Response answer_matched(Request& request) const;
  Route& insert(std::unique_ptr<Route> route);
  std::unique_ptr<Node> root_;
  std::vector<std::pair<std::string, ProblemForm>> problem_forms_;
  std::vector<std::unique_ptr<Route>> routes_;
};

}  // namespace meridian::http
