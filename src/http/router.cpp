#include "http/router.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>

namespace meridian::http {

// A tree of segments. Each node holds what may follow it and the routes, by method, that end at it.
struct Router::Node {
  struct Literal {
    std::string text;
    std::unique_ptr<Node> next;
  };
  std::vector<Literal> literals;
  std::unique_ptr<Node> parameter;
  std::unique_ptr<Node> tail;  ///< always a leaf
  std::array<const Route*, kMethods> routes{};

  bool ends_here() const {
    for (const Route* route : routes) {
      if (route != nullptr) return true;
    }
    return false;
  }

  // Depth is bounded by the patterns; each node of the tree is visited at most once, however the path is made.
  const Node* find(const std::vector<std::string>& segments, std::size_t at) const {
    if (at == segments.size()) return ends_here() ? this : nullptr;
    for (const Literal& literal : literals) {
      if (literal.text != segments[at]) continue;
      if (const Node* found = literal.next->find(segments, at + 1)) return found;
    }
    if (parameter && !segments[at].empty()) {
      if (const Node* found = parameter->find(segments, at + 1)) return found;
    }
    return tail.get();
  }
};

namespace {

[[noreturn]] void stop(std::string_view pattern, const char* why) {
  std::fprintf(stderr, "the route pattern %.*s %s\n", static_cast<int>(pattern.size()), pattern.data(), why);
  std::abort();
}

std::vector<std::string_view> split(std::string_view pattern) {
  std::vector<std::string_view> parts;
  pattern.remove_prefix(1);
  while (true) {
    const std::size_t slash = pattern.find('/');
    parts.push_back(pattern.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    pattern.remove_prefix(slash + 1);
  }
}

enum class Part : unsigned char { literal, parameter, tail };

Part kind_of(std::string_view part) {
  if (!part.starts_with('{') || !part.ends_with('}')) return Part::literal;
  return part.ends_with("...}") ? Part::tail : Part::parameter;
}

std::string_view name_of(std::string_view part) {
  part.remove_prefix(1);
  part.remove_suffix(part.ends_with("...}") ? 4 : 1);
  return part;
}

void fill_parameters(const Route& route, const std::vector<std::string>& segments, std::vector<PathParameter>& found) {
  found.clear();
  std::string_view rest = route.pattern;
  for (std::size_t i = 0; !rest.empty(); ++i) {
    rest.remove_prefix(1);
    const std::string_view part = rest.substr(0, rest.find('/'));
    rest.remove_prefix(part.size());
    if (kind_of(part) == Part::parameter) {
      found.push_back({name_of(part), segments[i]});
    } else if (kind_of(part) == Part::tail) {
      std::string tail;
      for (std::size_t k = i; k < segments.size(); ++k) {
        if (k > i) tail += '/';
        tail += segments[k];
      }
      found.push_back({name_of(part), std::move(tail)});
    }
  }
}

}  // namespace

Router::Router() : root_(std::make_unique<Node>()) {}
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

const std::vector<std::unique_ptr<Route>>& Router::routes() const {
  return routes_;
}

Route& Router::insert(std::unique_ptr<Route> route) {
  const std::string_view pattern = route->pattern;
  if (!pattern.starts_with('/')) stop(pattern, "does not begin with a slash");
  Node* node = root_.get();
  for (const std::string_view part : split(pattern)) {
    if (node == nullptr) stop(pattern, "has a tail that is not last");
    switch (kind_of(part)) {
      case Part::literal: {
        Node* next = nullptr;
        for (Node::Literal& literal : node->literals) {
          if (literal.text == part) next = literal.next.get();
        }
        if (next == nullptr) {
          node->literals.push_back({std::string(part), std::make_unique<Node>()});
          next = node->literals.back().next.get();
        }
        node = next;
        break;
      }
      case Part::parameter:
        if (!node->parameter) node->parameter = std::make_unique<Node>();
        node = node->parameter.get();
        break;
      case Part::tail:
        if (!node->tail) node->tail = std::make_unique<Node>();
        node = node->tail.get();
        break;
    }
  }
  const Route*& place = node->routes[static_cast<std::size_t>(route->method)];
  if (place != nullptr) stop(pattern, "is given twice for one method");
  place = route.get();
  routes_.push_back(std::move(route));
  return *routes_.back();
}

Route& Router::add(Method method, std::string_view pattern, Handler handler) {
  auto route = std::make_unique<Route>(method, std::string(pattern));
  route->handler = std::move(handler);
  return insert(std::move(route));
}

Route& Router::add_deferred(Method method, std::string_view pattern, DeferredHandler handler) {
  auto route = std::make_unique<Route>(method, std::string(pattern));
  route->deferred = std::move(handler);
  return insert(std::move(route));
}

Route& Router::add_upload(Method method, std::string_view pattern, UploadHandler handler) {
  auto route = std::make_unique<Route>(method, std::string(pattern));
  route->upload = std::move(handler);
  return insert(std::move(route));
}

Route& Router::add_websocket(std::string_view pattern, WebSocketAccept accept, WebSocketRules rules) {
  auto route = std::make_unique<Route>(Method::get, std::string(pattern));
  route->websocket = std::move(accept);
  route->websocket_rules = std::move(rules);
  return insert(std::move(route));
}

Router::Match Router::match(Request& request) const {
  const Node* node = request.target.segments.empty() ? nullptr : root_->find(request.target.segments, 0);
  if (node == nullptr) {
    // "OPTIONS *" asks about the server as a whole.
    if (request.method == Method::options && request.target.path == "*") {
      return {nullptr, 204, "GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"};
    }
    return {nullptr, 404, {}};
  }
  const auto route_of = [&](Method m) { return node->routes[static_cast<std::size_t>(m)]; };
  const Route* route = route_of(request.method);
  if (route == nullptr && request.method == Method::head) route = route_of(Method::get);
  if (route != nullptr) {
    request.route = route->pattern;
    fill_parameters(*route, request.target.segments, request.path_parameters);
    return {route, 200, {}};
  }
  std::string allow;
  for (int i = 0; i < kMethods; ++i) {
    const auto m = static_cast<Method>(i);
    const bool known =
        route_of(m) != nullptr || m == Method::options || (m == Method::head && route_of(Method::get) != nullptr);
    if (!known) continue;
    if (!allow.empty()) allow += ", ";
    allow += name(m);
  }
  // The pattern is known even when the method is not: the log may show it.
  for (const Route* any : node->routes) {
    if (any != nullptr) request.route = any->pattern;
  }
  return {nullptr, request.method == Method::options ? 204 : 405, std::move(allow)};
}

void Router::tell_problems(std::string_view path, ProblemForm form) {
  problem_forms_.emplace_back(path, std::move(form));
}

void Router::tell_problem(const Request& request, Response& response) const {
  if (response.headers.get("Content-Type") != "application/problem+json") return;
  const std::string_view asked = request.target.path;
  for (const auto& [path, form] : problem_forms_) {
    const bool is_below = asked.starts_with(path) && (asked.size() == path.size() || asked[path.size()] == '/');
    if (is_below) return form(request, response);
  }
}

Response Router::answer(Request& request) const {
  Response response = answer_matched(request);
  tell_problem(request, response);
  return response;
}

Response Router::answer_matched(Request& request) const {
  const Match found = match(request);
  if (found.route == nullptr) {
    if (found.status == 204) return Response(204).with("Allow", found.allow);
    if (found.status == 405) {
      return Response::problem(405, "This path does not know that method.").with("Allow", found.allow);
    }
    return Response::problem(404, "Nothing is at this path.");
  }
  if (!found.route->handler) return Response::problem(501, "This route answers over a connection only.");
  try {
    return found.route->handler(request);
  } catch (const std::exception&) {
    return Response::problem(500, "The handler failed.");
  }
}

Route::Route(Method m, std::string text) : method(m), pattern(std::move(text)) {}

Route& Route::run(Run w) {
  where = w;
  return *this;
}

Route& Route::max_body(std::uint64_t limit) {
  body_limit = limit;
  return *this;
}

Route& Route::time_limit_milliseconds(std::int64_t milliseconds) {
  time_limit_ms = milliseconds;
  return *this;
}

Route& Route::summary(std::string text) {
  api.summary = std::move(text);
  return *this;
}

Route& Route::describe(ApiDescription description) {
  api = std::move(description);
  return *this;
}

Route& Route::parameter(ApiParameter parameter) {
  api.parameters.push_back(std::move(parameter));
  return *this;
}

Route& Route::accepts(std::string media_type, std::string schema) {
  api.request_body.push_back({std::move(media_type), std::move(schema)});
  return *this;
}

Route& Route::responds(int status, std::string description, std::string media_type, std::string schema) {
  for (ApiResponse& response : api.responses) {
    if (response.status != status) continue;
    if (!media_type.empty()) response.content.push_back({std::move(media_type), std::move(schema)});
    return *this;
  }
  ApiResponse response{status, std::move(description), {}};
  if (!media_type.empty()) response.content.push_back({std::move(media_type), std::move(schema)});
  api.responses.push_back(std::move(response));
  return *this;
}

Route& Route::tag(std::string name) {
  api.tags.push_back(std::move(name));
  return *this;
}

Route& Route::hidden() {
  api.hidden = true;
  return *this;
}

Route& Route::unmetered() {
  is_unmetered = true;
  return *this;
}

}  // namespace meridian::http
