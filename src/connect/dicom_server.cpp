#include "connect/dicom_server.hpp"

#include <utility>

#include "connect/internal/dicom_association.hpp"
#include "connect/internal/dicom_core.hpp"
#include "connect/internal/peer_server.hpp"
#include "net/io.hpp"

namespace meridian::connect {

using internal::DicomAssociation;
using internal::DicomCore;

struct DicomServer::State : internal::PeerServer<DicomCore, DicomAssociation> {
  using PeerServer::PeerServer;
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
  auto state = std::make_shared<State>(std::move(core));
  TRY(state->listen(take));
  return DicomServer(std::move(state));
}

std::uint16_t DicomServer::port() const {
  return state_->port();
}

DicomServerCounts DicomServer::counts() const {
  const DicomCore& core = *state_->core;
  return {core.accepted,         core.rejected,     core.aborted,        core.refused,    core.connections->open(),
          core.objects_received, core.objects_sent, core.bytes_received, core.bytes_sent, core.operations};
}

Result<> DicomServer::reload_certificates() {
  return state_->reload_certificates();
}

bool DicomServer::drain(std::int64_t milliseconds) {
  return state_->drain(milliseconds);
}

}  // namespace meridian::connect
