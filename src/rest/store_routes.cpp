#include "rest/store_routes.hpp"

#include <utility>

#include "http/executor.hpp"
#include "http/router.hpp"
#include "rest/bundle_interaction.hpp"
#include "rest/interaction_table.hpp"
#include "rest/internal/fhir_server.hpp"

namespace meridian::rest {
namespace {

using http::Method;
using http::Router;

constexpr const char* kJson = "application/fhir+json";
constexpr const char* kXml = "application/fhir+xml";

/// A bundle of hundreds of megabytes takes its time.
constexpr std::int64_t kBundleMilliseconds = 600'000;

http::ApiDescription description_of(const InteractionRow& row, bool is_first_root) {
  http::ApiDescription api;
  api.operation_id = row.id;
  api.summary = row.summary;
  api.tags = {row.operation().empty() ? "FHIR" : "FHIR operations"};
  api.hidden = !is_first_root;
  api.parameters.push_back({http::ApiParameter::In::query, "_format", "json or xml; wins over Accept"});
  if (row.method == Method::post || row.method == Method::put || row.method == Method::patch) {
    api.request_body = {{kJson, {}}, {kXml, {}}};
  }
  api.responses = {{200, "the resource, or a Bundle", {{kJson, {}}, {kXml, {}}}},
                   {400, "an OperationOutcome: the request cannot be read", {{kJson, {}}, {kXml, {}}}},
                   {404, "an OperationOutcome: there is no such resource", {{kJson, {}}, {kXml, {}}}}};
  return api;
}

void add_rows(Router& router, const std::string& root, bool is_first_root, const std::shared_ptr<FhirServer>& server) {
  for (const InteractionRow& row : interaction_table()) {
    http::Route& route = router
                             .add_deferred(row.method, root + std::string(row.path),
                                           [server, interaction = row.interaction, prompt = row.prompt](
                                               http::Request request, http::Responder responder) {
                                             ExchangePtr exchange =
                                                 open_exchange(std::move(request), std::move(responder), *server);
                                             if (!exchange) return;
                                             if (interaction != nullptr) return interaction(exchange);
                                             exchange->respond(prompt(*exchange));
                                           })
                             .describe(description_of(row, is_first_root));
    if (row.interaction != process_bundle) continue;
    route.max_body(server->services.max_bundle_bytes).time_limit_milliseconds(kBundleMilliseconds);
  }
}

}  // namespace

FhirServer::FhirServer(StoreServices given)
    : services(std::move(given)),
      clock(services.clock != nullptr ? *services.clock : system_clock()),
      ids(clock, services.random != nullptr ? *services.random : system_random()),
      started(clock.now()) {}

void FhirServer::later(Callback<void()> work) const {
  // A full executor hands nothing back, so the work is shared with the attempt to submit it.
  auto shared = std::make_shared<Callback<void()>>(std::move(work));
  if (services.executor != nullptr && services.executor->submit([shared] { (*shared)(); })) return;
  (*shared)();
}

std::shared_ptr<void> mount_store(Router& router, StoreServices services) {
  auto server = std::make_shared<FhirServer>(std::move(services));
  for (const auto& route : router.routes()) {
    const bool is_operation = route->pattern.starts_with("/fhir/") && route->pattern.find('$') != std::string::npos;
    if (is_operation) server->other_operations.push_back(route->pattern.substr(5));
  }
  add_rows(router, "/fhir", true, server);
  add_rows(router, "/t/{tenant}/fhir", false, server);
  // Entries of bundles go the same ways; their routes must not keep the server that holds them.
  std::shared_ptr<FhirServer> unowned(std::shared_ptr<void>(), server.get());
  add_rows(server->entries, "/fhir", true, unowned);
  add_rows(server->entries, "/t/{tenant}/fhir", false, unowned);
  router.tell_problems("/t", tell_as_outcome);
  return server;
}

}  // namespace meridian::rest
