#include "app/instance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <optional>
#include <thread>
#include <utility>

#include "app/knowledge.hpp"
#include "app/page.hpp"
#include "app/server_settings.hpp"
#include "app/settings.hpp"
#include "app/write_check.hpp"
#include "base/file_system.hpp"
#include "base/log.hpp"
#include "base/memory_budget.hpp"
#include "base/metrics.hpp"
#include "base/version.hpp"
#include "dicomweb/routes.hpp"
#include "formats/fhir/schema.hpp"
#include "http/client.hpp"
#include "http/executor.hpp"
#include "http/router.hpp"
#include "http/service_routes.hpp"
#include "imaging/archive.hpp"
#include "imaging/dialect.hpp"
#include "imaging/dicom_nodes.hpp"
#include "imaging/routes.hpp"
#include "imaging/study_keeper.hpp"
#include "imaging/worklist.hpp"
#include "ingest/device_routes.hpp"
#include "ingest/feeds.hpp"
#include "ingest/http_inlet.hpp"
#include "ingest/provenance.hpp"
#include "ingest/routes.hpp"
#include "net/io.hpp"
#include "rest/administration.hpp"
#include "rest/routes.hpp"
#include "rest/store_routes.hpp"
#include "rest/terminology_routes.hpp"
#include "store/backup.hpp"
#include "store/store.hpp"
#include "terminology/folder.hpp"
#include "terminology/follower.hpp"
#include "terminology/library.hpp"
#include "validation/embedded_terminology.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

/// The access log and the metrics of each answer. Route patterns only: what a path holds may be a patient's.
void note_access(const http::AccessEntry& entry) {
  metrics()
      .counter({"meridian_http_requests", "Requests answered"},
               {{"route", entry.route}, {"status", std::to_string(entry.status)}})
      .add();
  metrics()
      .histogram(
          {"meridian_http_seconds", "Time from the first byte of a request to the last of its answer", "seconds"},
          request_seconds(), {{"route", entry.route}})
      .observe(static_cast<double>(entry.microseconds) / 1e6);
  log_info("request", {{"method", entry.method},
                       {"route", entry.route},
                       {"status", entry.status},
                       {"us", entry.microseconds},
                       {"in", entry.received_bytes},
                       {"out", entry.sent_bytes},
                       {"trace", entry.trace_id},
                       {"fault", entry.fault}});
}

// Within the data folder.
constexpr std::string_view kTerminologyFolder = "terminology";
constexpr std::string_view kCatalogFolder = "catalog";

std::string within(std::string_view folder, std::string_view name) {
  return std::string(folder).append("/").append(name);
}

/// These folders and all that lie in them, as paths within the data folder.
std::vector<std::string> folders_of(const std::string& data, std::initializer_list<std::string_view> names) {
  namespace fs = std::filesystem;
  std::vector<std::string> found;
  for (const std::string_view name : names) {
    found.emplace_back(name);
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(within(data, name), ignored)) {
      if (entry.is_directory(ignored)) found.push_back(entry.path().lexically_relative(data).string());
    }
  }
  return found;
}

/// What a back-up keeps beside the store.
void add_beside(store::BackupRequest& request, const std::string& data, const ingest::Feeds& feeds,
                const imaging::Archive& archive) {
  request.beside = folders_of(data, {kTerminologyFolder, kCatalogFolder});
  request.parts.push_back({.folder = std::string(ingest::Feeds::kInboxFolder),
                           .checkpoint = [&feeds](const std::string& to) { return feeds.checkpoint(to); }});
  request.parts.push_back({.folder = within(kArchiveFolder, imaging::Archive::kIndexFolder),
                           .checkpoint = [&archive](const std::string& to) { return archive.checkpoint(to); },
                           .blobs = &archive.blobs(),
                           .blobs_folder = within(kArchiveFolder, imaging::Archive::kBlobsFolder)});
}

http::ApiInfo api_info() {
  http::ApiInfo api;
  api.title = "Meridian";
  api.version = kVersion;
  api.description = "FHIR R4 operations of Meridian, a data and decision platform for hospitals.";
  return api;
}

/// What was loaded before. A file that is damaged does not keep the rest from working.
Result<> load_systems(std::string path, std::optional<terminology::Folder>& folder, terminology::Library& library) {
  folder = TRY(terminology::Folder::open(system_files(), std::move(path)));
  terminology::Folder::Contents contents = TRY(folder->load());
  for (terminology::CodeSystemPtr& system : contents.systems) library.put_loaded(std::move(system));
  for (const std::string& fault : contents.faults) log_error("a loaded code system cannot be read", {{"file", fault}});
  return {};
}

}  // namespace

// In the order in which they are made; what comes later uses what stands above, and goes before it.
struct Instance::State {
  std::unique_ptr<MemoryBudget> memory;
  Knowledge knowledge;
  std::unique_ptr<validation::EmbeddedTerminology> packages;  // what validation was given
  std::unique_ptr<terminology::Service> terminology;
  std::unique_ptr<validation::Validator> validator;
  std::unique_ptr<terminology::Library> library;
  std::unique_ptr<store::WriteCheck> check;
  std::optional<terminology::Folder> loaded;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<terminology::Follower> definitions;
  std::unique_ptr<net::Io> io;
  std::unique_ptr<ingest::Feeds> feeds;
  imaging::Dialects dialects;
  std::unique_ptr<imaging::Archive> archive;
  std::unique_ptr<imaging::StudyKeeper> studies;
  std::unique_ptr<imaging::Worklist> worklist;
  std::unique_ptr<imaging::DicomNodes> nodes;
  std::optional<http::Client> client;
  std::unique_ptr<http::Executor> executor;
  std::shared_ptr<void> work;  // what the FHIR interface does beside requests
  std::optional<http::Server> server;
  std::int64_t drain_milliseconds = 0;
};

Instance::Instance(std::unique_ptr<State> state) : state_(std::move(state)) {}

Instance::~Instance() {
  if (state_->feeds) state_->feeds->drain(state_->drain_milliseconds);
  if (state_->nodes) state_->nodes->drain(state_->drain_milliseconds);
  if (!state_->server) return;
  const bool finished = state_->server->drain(state_->drain_milliseconds);
  log_info("stopped", {{"all_requests_finished", finished}});
}

Result<> Instance::listen() {
  TRY(state_->feeds->listen(*state_->io));
  return state_->nodes->listen(*state_->io);
}

http::Server& Instance::server() {
  return *state_->server;
}

store::Store& Instance::store() {
  return *state_->store;
}

Result<std::unique_ptr<Instance>> Instance::start(const Config& config, Language language, const std::string& data,
                                                  std::vector<http::ListenAddress> listen) {
  auto state = std::make_unique<State>();
  State& s = *state;
  http::ServerOptions options = TRY(server_options(config));
  options.listen = std::move(listen);
  s.drain_milliseconds = config.duration(kHttpDrainTime).milliseconds();

  // 1. What is known. The schema is opened now, so that the first request does not wait for it.
  const fhir::Schema& schema = fhir::Schema::r4();
  s.memory = std::make_unique<MemoryBudget>(config.bytes(kMemoryLimit));
  s.knowledge = TRY(load_knowledge({}, {}, config, language));
  s.packages = std::make_unique<validation::EmbeddedTerminology>(schema, s.knowledge.profiles);
  terminology::ServiceOptions terms;
  terms.terminology = s.packages.get();
  terms.subsumption = s.packages.get();
  s.terminology = std::make_unique<terminology::Service>(terms);
  s.library = std::make_unique<terminology::Library>(*s.terminology);
  validation::ValidatorOptions validating;
  validating.terminology = s.terminology.get();
  validating.subsumption = s.terminology.get();
  s.validator = std::make_unique<validation::Validator>(schema, s.knowledge.profiles, validating);

  // 2. The record.
  const std::string catalog = within(data, kCatalogFolder);
  store::StoreOptions store;
  store.folder = data;
  store.memory = s.memory.get();
  s.check = make_write_check(config.text(kStoreCheck), s.knowledge.profiles, *s.terminology);
  store.check = s.check.get();
  store.memory_bytes = config.bytes(kStoreMemory);
  store.code_sets = s.terminology.get();
  s.store = TRY(store::Store::open(std::move(store)));
  TRY(load_systems(within(data, kTerminologyFolder), s.loaded, *s.library));
  s.definitions = TRY(terminology::Follower::start(*s.store, *s.library));

  // 3. Threads.
  const auto configured = static_cast<int>(config.integer(kHttpWorkers));
  const int workers = configured > 0 ? configured : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  s.io = std::make_unique<net::Io>(net::IoOptions{.threads = std::max(1, workers / 2)});
  s.client = TRY(http::Client::create({}, *s.io));
  s.executor = http::make_pool(workers, static_cast<std::size_t>(config.integer(kHttpQueue)));

  // 4. The feeds.
  ingest::FeedsServices feeds;
  feeds.store = s.store.get();
  feeds.io = s.io.get();
  feeds.memory = s.memory.get();
  s.feeds = TRY(ingest::Feeds::start({.folder = data, .catalog = catalog, .threads = workers}, std::move(feeds)));

  // 5. The archive of images.
  const std::string secret = TRY(s.store->secret(store::kDefaultTenant));
  imaging::ArchiveOptions archive;
  archive.folder = within(data, kArchiveFolder);
  archive.memory = s.memory.get();
  archive.key = secret;
  s.dialects = TRY(imaging::Dialects::read(catalog + "/dicom/dialects"));
  archive.dialects = &s.dialects;
  s.archive = TRY(imaging::Archive::open(std::move(archive)));
  mapping::ImagingContext images;
  images.tenant_key = secret;
  images.zone = TRY(TimeZone::find(config.text(kImagingZone)));
  images.default_authority = config.text(kImagingAuthority);
  imaging::WorklistOptions worklist;
  worklist.store = s.store.get();
  worklist.dialects = &s.dialects;
  worklist.catalog = catalog + "/dicom";
  worklist.zone = images.zone;
  worklist.tenant_key = secret;
  worklist.default_authority = images.default_authority;
  s.studies = imaging::StudyKeeper::start(*s.archive, *s.store, std::move(images), &s.dialects);
  s.worklist = TRY(imaging::Worklist::open(std::move(worklist)));
  imaging::DicomNodesServices nodes;
  nodes.archive = s.archive.get();
  nodes.worklist = [&s](const imaging::DicomNode& node) { return s.worklist->at(node); };
  s.nodes = TRY(imaging::DicomNodes::start({.catalog = catalog}, std::move(nodes)));

  // 6. The routes.
  http::Router router;
  rest::OperationServices operations;
  operations.validator = s.validator.get();
  operations.terminology = s.terminology.get();
  operations.subsumption = s.terminology.get();
  operations.fhirpath_milliseconds = static_cast<std::uint32_t>(config.duration(kFhirpathTime).milliseconds());
  operations.max_issues = static_cast<std::size_t>(config.integer(kValidationIssues));
  rest::mount_operations(router, operations);
  rest::StoreServices interactions;
  interactions.store = s.store.get();
  interactions.executor = s.executor.get();
  interactions.client = &*s.client;
  interactions.terminology = s.terminology.get();
  interactions.definitions = s.definitions.get();
  interactions.work_folder = data + "/work";
  interactions.max_issues = operations.max_issues;
  s.work = rest::mount_store(router, std::move(interactions));
  rest::mount_administration(
      router, *s.store, [&s, data](store::BackupRequest& request) { add_beside(request, data, *s.feeds, *s.archive); });
  rest::mount_terminology(router, *s.library, *s.loaded);
  http::ServiceRoutes service;
  service.api = api_info();
  service.metrics = [] { return metrics().expose(); };
  http::mount_service_routes(router, std::move(service));
  ingest::mount_feeds(router, *s.feeds);
  ingest::mount_inlet(router, *s.feeds);
  ingest::mount_devices(router, *s.feeds);
  ingest::mount_provenance(router, *s.store, *s.feeds);
  imaging::mount_dicom_nodes(router, *s.archive, *s.nodes, *s.studies, *s.worklist);
  dicomweb::Services web;
  web.archive = s.archive.get();
  web.executor = s.executor.get();
  dicomweb::mount_dicomweb(router, std::move(web));
  mount_page(router);

  // 7. The server.
  http::Services services;
  services.io = s.io.get();
  services.executor = s.executor.get();
  services.access_log = note_access;
  s.server = TRY(http::Server::start(std::move(options), std::move(router), std::move(services)));
  metrics().read_gauge({"meridian_http_connections", "Connections open now"},
                       [&s] { return static_cast<double>(s.server->counts().connections_open); });
  return std::unique_ptr<Instance>(new Instance(std::move(state)));
}

}  // namespace meridian::app
