#include "http/service_routes.hpp"

#include "http/router.hpp"

namespace meridian::http {

void mount_service_routes(Router& router, ServiceRoutes routes) {
  constexpr const char* kTag = "service";
  router.add(Method::get, "/health", [](const Request&) { return Response::json(R"({"status":"pass"})"); })
      .run(Run::inline_)
      .unmetered()
      .summary("Whether the process lives")
      .tag(kTag)
      .responds(200, "It does", "application/json");

  router
      .add(Method::get, "/ready",
           [ready = std::move(routes.ready)](const Request&) {
             if (ready) {
               if (const Result<> state = ready(); !state) return Response::problem(503, state.error().message());
             }
             return Response::json(R"({"status":"pass"})").with("Cache-Control", "no-store");
           })
      .unmetered()
      .summary("Whether the server can do its work")
      .tag(kTag)
      .responds(200, "It can", "application/json")
      .responds(503, "It cannot; the detail says what is missing", "application/problem+json");

  router
      .add(Method::get, "/metrics",
           [metrics = std::move(routes.metrics)](const Request&) {
             return Response::bytes("application/openmetrics-text; version=1.0.0; charset=utf-8",
                                    metrics ? metrics() : std::string("# EOF\n"))
                 .with("Cache-Control", "no-store");
           })
      .unmetered()
      .summary("Metrics as OpenMetrics text")
      .tag(kTag)
      .responds(200, "The metrics", "application/openmetrics-text");

  // The document is made once, with itself in it; the handler finds it through what it shares with this function.
  auto document = std::make_shared<std::string>();
  router.add(Method::get, "/openapi.json", [document](const Request&) { return Response::json(*document); })
      .summary("This interface, as OpenAPI 3.1")
      .tag(kTag)
      .responds(200, "The document", "application/json");
  *document = openapi_document(router, routes.api);
}

}  // namespace meridian::http
