#include <signal.h>  // NOLINT(modernize-deprecated-headers): sigwait() and masks are POSIX's

#include <memory>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/instance.hpp"
#include "app/output.hpp"
#include "app/report.hpp"
#include "app/server_settings.hpp"
#include "app/settings.hpp"
#include "base/log.hpp"
#include "base/version.hpp"

namespace meridian::app {
namespace {

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

Result<> serve(const ServeOptions& asked, const Config& config, Language language) {
  const StopSignals signals;
  apply_log_settings(config);
  http::ListenAddress local;
  local.unix_path = socket_path(asked.data);
  const std::unique_ptr<Instance> instance =
      TRY(Instance::start(config, language, asked.data, {TRY(listen_address(config)), local}));
  TRY(instance->listen());
  http::Server& server = instance->server();
  log_warning("nobody has to log in yet: whoever reaches this server may read and write everything");

  Output output;
  output.line("Meridian " + std::string(kVersion) + " listens on " + server.url() + ", data in " + asked.data);
  output.line("Open the address in a browser, or ask " + server.url() + "/fhir; Ctrl-C stops it.");
  TRY(output.finish());

  // Until told to stop. SIGHUP reads the certificates again.
  while (signals.wait() == SIGHUP) {
    const Result<> reloaded = server.reload_certificates();
    reloaded ? log_info("certificates read again")
             : log_error("certificates not read", {{"why", reloaded.error().message()}});
  }
  log_info("stopping; the same signal again stops at once");
  signals.release();
  return {};
}

}  // namespace

int run_serve(const ServeOptions& options, const CommonOptions& common) {
  const Result<Config> config = load_config(common);
  if (!config) {
    complain(config.error().message());
    return kUsage;
  }
  const Result<> served = serve(options, *config, common.language);
  flush_log();
  if (served) return kOk;
  complain(served.error().message());
  return kFailed;
}

}  // namespace meridian::app
