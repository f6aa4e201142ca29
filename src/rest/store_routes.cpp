#include "rest/store_routes.hpp"

#include <algorithm>
#include <thread>
#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "http/executor.hpp"
#include "http/router.hpp"
#include "rest/bundle_interaction.hpp"
#include "rest/export_jobs.hpp"
#include "rest/feed_routes.hpp"
#include "rest/import_interaction.hpp"
#include "rest/interaction_table.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/representation.hpp"
#include "rest/subscriptions.hpp"

namespace meridian::rest {
namespace {

using http::Method;
using http::Router;

constexpr const char* kJson = "application/fhir+json";
constexpr const char* kXml = "application/fhir+xml";

/// A bundle of hundreds of megabytes takes its time.
constexpr std::int64_t kBundleMilliseconds = 600'000;
constexpr std::int64_t kImportMilliseconds = 3'600'000;

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

void add_feed(Router& router, const std::shared_ptr<FhirServer>& server) {
  for (const char* path : {"/api/v1/feed", "/t/{tenant}/api/v1/feed"}) {
    http::ApiDescription api;
    api.operation_id = "feed";
    api.summary = "Show what changed after a commit, as a page or a stream";
    api.hidden = std::string_view(path).starts_with("/t/");
    api.tags = {"Changes"};
    api.parameters = {{http::ApiParameter::In::query, "after", "the last commit that was seen"},
                      {http::ApiParameter::In::query, "limit", "about so many entries on a page"},
                      {http::ApiParameter::In::query, "types", "only these resource types, separated by commas"}};
    api.responses = {
        {200, "entries, the commit they go through, and whether there is more", {{"application/json", {}}}}};
    router.add(Method::get, path, [server](const http::Request& request) { return show_feed(request, *server); })
        .describe(std::move(api));
  }
}

/// One for each processor, and one that waits for what is being written.
int loading_threads() {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency())) + 1;
}

void add_import(Router& router, const std::string& root, bool is_first_root,
                const std::shared_ptr<FhirServer>& server) {
  http::ApiDescription api;
  api.operation_id = "operation.import";
  api.summary = "Store the resources of an NDJSON body as it streams in";
  api.hidden = !is_first_root;
  api.tags = {"FHIR operations"};
  api.request_body = {{"application/fhir+ndjson", {}}};
  api.responses = {
      {200, "how many went in, and where the OperationOutcomes of the others are", {{"application/json", {}}}}};
  router
      .add_upload(Method::post, root + "/$import",
                  [server](http::Request request, http::Responder responder) {
                    return import_ndjson(std::move(request), std::move(responder), *server);
                  })
      .time_limit_milliseconds(kImportMilliseconds)
      .describe(std::move(api));
}

/// What mount_store() gives: while it is there, what runs beside requests runs.
struct Running {
  explicit Running(std::shared_ptr<FhirServer> of) : server(std::move(of)) {}
  ~Running() { server->stop(); }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  std::shared_ptr<FhirServer> server;
};

}  // namespace

FhirServer::FhirServer(StoreServices given)
    : services(std::move(given)),
      clock(services.clock != nullptr ? *services.clock : system_clock()),
      ids(clock, services.random != nullptr ? *services.random : system_random()),
      started(clock.now()) {}

FhirServer::~FhirServer() = default;

void FhirServer::stop() {
  if (feed_streams) feed_streams->close();
  subscriptions.reset();
  exports.reset();
  loaders.reset();
}

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
  router.tell_problems("/fhir", tell_as_outcome);
  router.tell_problems("/t", [](const http::Request& request, http::Response& problem) {
    const std::vector<std::string>& segments = request.target.segments;
    if (segments.size() > 2 && segments[2] == "fhir") tell_as_outcome(request, problem);
  });

  server->feed_streams = std::make_unique<FeedStreams>(*server);
  add_feed(router, server);
  add_import(router, "/fhir", true, server);
  add_import(router, "/t/{tenant}/fhir", false, server);
  if (const std::string& folder = server->services.work_folder; !folder.empty()) {
    FileSystem& files = server->services.files != nullptr ? *server->services.files : system_files();
    const auto make_folders = [&]() -> Result<> {
      TRY(files.create_directory(folder));
      return files.create_directory(folder + "/imports");
    };
    const Result<> made = make_folders();
    if (made) server->loaders = std::make_unique<ThreadPool>(ThreadPool::Options{"import", loading_threads(), 64});
    if (made) server->exports = std::make_unique<ExportJobs>(*server, files, folder + "/exports");
    if (made && server->services.client != nullptr) {
      server->subscriptions = std::make_unique<Subscriptions>(
          *server, files, folder + "/subscriptions", [client = server->services.client](http::ClientRequest request) {
            const Result<http::ClientResponse> response = client->fetch(std::move(request));
            return response && response->status >= 200 && response->status < 300;
          });
    }
    if (!made) log_error("no folder for exports and imports", {{"why", made.error().message()}});
  }
  return std::make_shared<Running>(server);
}

}  // namespace meridian::rest
