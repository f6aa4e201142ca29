#include <arpa/inet.h>
#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait() and masks are POSIX's

#include <algorithm>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "app/commands.hpp"
#include "app/knowledge.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "app/settings.hpp"
#include "base/input.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/version.hpp"
#include "formats/fhir/schema.hpp"
#include "http/executor.hpp"
#include "http/router.hpp"
#include "http/server.hpp"
#include "http/service_routes.hpp"
#include "net/io.hpp"
#include "rest/routes.hpp"
#include "validation/embedded_terminology.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

bool is_loopback(const std::string& address) {
  return address == "::1" || address.starts_with("127.");
}

bool is_ip_address(const std::string& address) {
  in6_addr room{};
  return inet_pton(AF_INET, address.c_str(), &room) == 1 || inet_pton(AF_INET6, address.c_str(), &room) == 1;
}

/// The same outcome, its error told from further out.
template <typename T>
Result<T> within(std::string_view what, Result<T> outcome) {
  if (outcome) return outcome;
  return fail(std::move(outcome).error().within(what));
}

/// Half of TLS is worse than none: it would serve in plain what was meant to be sealed.
Result<net::TlsServerOptions> tls_options(const Config& config) {
  net::TlsServerOptions tls;
  tls.certificate_chain = config.text(kTlsCertificate);
  tls.private_key = config.text(kTlsKey);
  tls.client_authorities = config.text(kTlsClientAuthorities);
  const std::string& clients = config.text(kTlsClients);
  tls.client_certificate = clients == "required"   ? net::ClientCertificate::required
                           : clients == "optional" ? net::ClientCertificate::optional
                                                   : net::ClientCertificate::none;
  if (tls.certificate_chain.empty() != tls.private_key.empty()) {
    return fail(ErrorCode::invalid_argument, "for TLS set both tls.certificate and tls.key");
  }
  for (const Setting* setting : {&kTlsCertificate, &kTlsKey, &kTlsClientAuthorities}) {
    const std::string& file = config.text(*setting);
    if (!file.empty()) TRY(within(setting->name, open_raw_input(file)));
  }
  if (tls.client_certificate == net::ClientCertificate::none) return tls;
  if (tls.certificate_chain.empty() || tls.client_authorities.empty()) {
    return fail(ErrorCode::invalid_argument,
                "tls.clients " + clients + " needs tls.certificate, tls.key and tls.client_authorities");
  }
  return tls;
}

Result<http::ListenAddress> listen_address(const Config& config) {
  http::ListenAddress listen;
  const std::string& address = config.text(kHttpAddress);
  listen.host = address == "localhost" ? "127.0.0.1" : address;
  listen.port = static_cast<std::uint16_t>(config.integer(kHttpPort));
  if (!is_ip_address(listen.host)) {
    return fail(ErrorCode::invalid_argument, "http.address takes an IP address, such as 127.0.0.1, not " + listen.host);
  }
  if (!is_loopback(listen.host) && !config.boolean(kHttpInsecureListen)) {
    return fail(ErrorCode::invalid_argument,
                "http.address " + listen.host +
                    " can be reached from other machines, and nobody has to log in yet; "
                    "listen on 127.0.0.1, or accept that with --set http.insecure_listen=true");
  }
  return listen;
}

Result<http::ServerOptions> server_options(const Config& config) {
  http::ServerOptions options;
  options.tls = TRY(tls_options(config));
  http::ListenAddress listen = TRY(listen_address(config));
  listen.tls = !options.tls.certificate_chain.empty();
  options.listen = {listen};
  options.limits.body_bytes = config.bytes(kHttpBodyLimit);
  options.limits.header_bytes = static_cast<std::uint32_t>(config.bytes(kHttpHeaderLimit));
  options.limits.connections = static_cast<std::uint32_t>(config.integer(kHttpConnections));
  options.quota.requests_per_second = static_cast<double>(config.integer(kHttpQuota));
  options.quota.burst = static_cast<std::uint32_t>(config.integer(kHttpQuotaBurst));
  options.times.header_ms = config.duration(kHttpHeaderTime).milliseconds();
  options.times.idle_ms = config.duration(kHttpIdleTime).milliseconds();
  options.times.answer_ms = config.duration(kHttpAnswerTime).milliseconds();
  options.cors.origins = split(config.text(kHttpCorsOrigins));
  options.cors.enabled = !options.cors.origins.empty();
  return options;
}

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

http::ApiInfo api_info() {
  http::ApiInfo api;
  api.title = "Meridian";
  api.version = kVersion;
  api.description = "FHIR R4 operations of Meridian, a data and decision platform for hospitals.";
  return api;
}

/// What a person sees who opens the address in a browser: the routes, one a line.
std::string index_text(const http::Router& router) {
  std::string text = "Meridian " + std::string(kVersion) + "\n\n";
  for (const auto& route : router.routes()) {
    text += fmt::format("{:<5}{:<26}{}\n", http::name(route->method), route->pattern, route->api.summary);
  }
  return text;
}

/// Signals that end the program, taken by a thread that waits for them instead of a handler.
class StopSignals {
 public:
  /// Before any other thread starts, so that all of them leave the signals to wait().
  StopSignals() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  int wait() const {
    int number = 0;
    sigwait(&signals_, &number);
    return number;
  }
  /// From now on they end the program at once, as they do by themselves.
  void release() const { pthread_sigmask(SIG_UNBLOCK, &signals_, nullptr); }

 private:
  sigset_t signals_;
};

Result<> serve(const Config& config, Language language) {
  const StopSignals signals;
  apply_log_settings(config);
  http::ServerOptions options = TRY(server_options(config));

  // 1. What the routes need. The schema is opened now, so that the first request does not wait for it.
  const fhir::Schema& schema = fhir::Schema::r4();
  const Knowledge knowledge = TRY(load_knowledge({}, {}, config, language));
  const validation::Validator validator(schema, knowledge.profiles);
  const validation::EmbeddedTerminology terminology(schema, knowledge.profiles);
  rest::OperationServices operations;
  operations.validator = &validator;
  operations.terminology = &terminology;
  operations.subsumption = &terminology;
  operations.fhirpath_milliseconds = static_cast<std::uint32_t>(config.duration(kFhirpathTime).milliseconds());
  operations.max_issues = static_cast<std::size_t>(config.integer(kValidationIssues));

  // 2. The routes.
  http::Router router;
  rest::mount_operations(router, operations);
  http::ServiceRoutes service;
  service.api = api_info();
  service.metrics = [] { return metrics().expose(); };
  http::mount_service_routes(router, std::move(service));
  router
      .add(http::Method::get, "/",
           [text = index_text(router)](const http::Request&) { return http::Response::text(text); })
      .hidden();

  // 3. Threads and the server.
  const auto configured = static_cast<int>(config.integer(kHttpWorkers));
  const int workers = configured > 0 ? configured : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
  const auto executor = http::make_pool(workers, static_cast<std::size_t>(config.integer(kHttpQueue)));
  net::Io io({.threads = std::max(1, workers / 2)});
  http::Services services;
  services.io = &io;
  services.executor = executor.get();
  services.access_log = note_access;
  http::Server server = TRY(http::Server::start(std::move(options), std::move(router), std::move(services)));
  metrics().read_gauge({"meridian_http_connections", "Connections open now"},
                       [&server] { return static_cast<double>(server.counts().connections_open); });

  Output output;
  output.line("Meridian " + std::string(kVersion) + " listens on " + server.url());
  output.line("It can do what " + server.url() + "/openapi.json says; Ctrl-C stops it.");
  TRY(output.finish());

  // 4. Until told to stop. SIGHUP reads the certificates again.
  while (signals.wait() == SIGHUP) {
    const Result<> reloaded = server.reload_certificates();
    reloaded ? log_info("certificates read again")
             : log_error("certificates not read", {{"why", reloaded.error().message()}});
  }
  log_info("stopping; the same signal again stops at once");
  signals.release();
  const bool finished = server.drain(config.duration(kHttpDrainTime).milliseconds());
  log_info("stopped", {{"all_requests_finished", finished}});
  flush_log();
  return {};
}

}  // namespace

int run_serve(const ServeOptions&, const CommonOptions& common) {
  const Result<Config> config = load_config(common);
  if (!config) {
    complain(config.error().message());
    return kUsage;
  }
  const Result<> served = serve(*config, common.language);
  if (served) return kOk;
  complain(served.error().message());
  return kFailed;
}

}  // namespace meridian::app
