#include "connect/dicom_server.hpp"

#include <utility>

#include "connect/internal/dicom_association.hpp"
#include "connect/internal/dicom_core.hpp"
#include "net/io.hpp"
#include "net/listener.hpp"

namespace meridian::connect {

using internal::DicomAssociation;
using internal::DicomCore;

struct DicomServer::State {
  explicit State(std::shared_ptr<DicomCore> shared) : core(std::move(shared)) {}
  ~State() {
    listener.reset();
    cut();
    core->connections->wait_until_empty(INT32_MAX);
  }

  template <typename What>
  void with_connections(What what) {
    net::Connections<DicomAssociation>::for_each(core->connections, what);
  }

  void cut() {
    core->is_cutting = true;
    with_connections([](DicomAssociation& association) { association.cut(); });
  }

  const std::shared_ptr<DicomCore> core;
  std::optional<net::Listener> listener;
};

namespace {

constexpr std::uint32_t kLeastPdu = 4 * 1024;
constexpr std::uint32_t kMostPdu = 16 << 20;

Result<> check(const DicomServerOptions& options) {
  if (options.max_pdu_bytes < kLeastPdu || options.max_pdu_bytes > kMostPdu) {
    return fail(ErrorCode::invalid_argument, "a DICOM server takes PDUs of at most 4 KiB to 16 MiB");
  }
  if (options.request_ms <= 0 || options.idle_ms <= 0 || options.stall_ms <= 0 || options.pdu_ms <= 0) {
    return fail(ErrorCode::invalid_argument, "a DICOM server's times must be positive");
  }
  for (const std::string& title : options.titles) {
    if (title.empty() || title.size() > 16) {
      return fail(ErrorCode::invalid_argument, "an AE title has 1 to 16 characters");
    }
  }
  return {};
}

void take(const std::shared_ptr<DicomCore>& core, net::Accepted accepted) {
  const std::uint64_t number = ++core->connections_made;
  if (!core->connections->admit(accepted.peer.address, core->options.associations,
                                core->options.associations_per_address)) {
    ++core->refused;
    return;
  }
  net::Loop& loop = core->io.next();
  loop.post([core, &loop, number, accepted = std::move(accepted)]() mutable {
    net::start(internal::serve_dicom(core, net::make_stream(loop, std::move(accepted)), number));
  });
}

}  // namespace

DicomServer::DicomServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
DicomServer::DicomServer(DicomServer&&) noexcept = default;
DicomServer& DicomServer::operator=(DicomServer&&) noexcept = default;
DicomServer::~DicomServer() = default;

Result<DicomServer> DicomServer::start(DicomServerOptions options, net::Io& io, http::Executor& executor,
                                       DicomHandler& handler) {
  TRY(check(options));
  auto core = std::make_shared<DicomCore>(std::move(options), io, executor, handler);
  if (core->options.tls) core->tls = TRY(net::TlsServer::create(core->options.certificates));
  core->connections->live_on(io);
  auto state = std::make_shared<State>(core);
  state->listener = TRY(net::Listener::tcp(io.next(), core->options.host, core->options.port));
  state->listener->start([core](net::Accepted accepted) { take(core, std::move(accepted)); });
  return DicomServer(std::move(state));
}

std::uint16_t DicomServer::port() const {
  return state_->listener->port();
}

DicomServerCounts DicomServer::counts() const {
  const DicomCore& core = *state_->core;
  return {core.accepted,         core.rejected,     core.aborted,        core.refused,    core.connections->open(),
          core.objects_received, core.objects_sent, core.bytes_received, core.bytes_sent, core.operations};
}

Result<> DicomServer::reload_certificates() {
  if (!state_->core->tls) return fail(ErrorCode::invalid_argument, "the server has no TLS");
  return state_->core->tls->reload();
}

bool DicomServer::drain(std::int64_t milliseconds) {
  state_->core->is_draining = true;
  state_->listener->stop();
  state_->with_connections([](DicomAssociation& association) { association.drain(); });
  if (state_->core->connections->wait_until_empty(milliseconds)) return true;
  state_->cut();
  state_->core->connections->wait_until_empty(INT32_MAX);
  return false;
}

}  // namespace meridian::connect
