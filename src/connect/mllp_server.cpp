#include "connect/mllp_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <utility>

#include "base/clock.hpp"
#include "connect/internal/mllp_connection.hpp"
#include "connect/internal/mllp_core.hpp"
#include "connect/internal/peer_server.hpp"
#include "net/io.hpp"

namespace meridian::connect {

using internal::MllpConnection;
using internal::MllpCore;

MllpResponder& MllpResponder::operator=(MllpResponder&& other) noexcept {
  if (this != &other) {
    const MllpResponder old(std::exchange(target_, std::move(other.target_)), sequence_);
    sequence_ = other.sequence_;
  }
  return *this;
}

MllpResponder::~MllpResponder() {
  if (target_) target_->give_up(sequence_);
}

void MllpResponder::answer(std::string content) && {
  if (const std::shared_ptr<Target> target = std::exchange(target_, nullptr)) {
    target->answer(sequence_, std::move(content));
  }
}

void MllpResponder::skip() && {
  if (const std::shared_ptr<Target> target = std::exchange(target_, nullptr)) target->skip(sequence_);
}

struct MllpServer::State : internal::PeerServer<MllpCore, MllpConnection> {
  using PeerServer::PeerServer;
};

namespace {

Result<> check(const MllpServerOptions& options) {
  if (options.unanswered_messages == 0 || options.frame.content_bytes == 0) {
    return fail(ErrorCode::invalid_argument, "an MLLP server must be allowed one message of one byte");
  }
  if (options.all_unanswered_bytes < options.frame.content_bytes) {
    return fail(ErrorCode::invalid_argument, "an MLLP server's budget must be at least as large as one message may be");
  }
  if (options.stall_ms <= 0 || options.frame_ms <= 0 || options.pause_ms <= 0) {
    return fail(ErrorCode::invalid_argument, "an MLLP server's times must be positive");
  }
  return {};
}

// A peer whose machine has gone says nothing; without this its connection would stay for ever.
void keep_alive(int descriptor) {
  const int on = 1;
  const int idle_seconds = 60;
  const int every_seconds = 20;
  const int tries = 3;
  ::setsockopt(descriptor, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPIDLE, &idle_seconds, sizeof idle_seconds);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPINTVL, &every_seconds, sizeof every_seconds);
  ::setsockopt(descriptor, IPPROTO_TCP, TCP_KEEPCNT, &tries, sizeof tries);
}

void take(const std::shared_ptr<MllpCore>& core, net::Accepted accepted) {
  const std::uint64_t number = ++core->accepted;
  if (!core->connections->admit(accepted.peer.address, core->options.connections,
                                core->options.connections_per_address)) {
    ++core->refused;
    return;
  }
  keep_alive(accepted.socket.get());
  net::Loop& loop = core->io.next();
  loop.post([core, &loop, number, accepted = std::move(accepted)]() mutable {
    net::start(internal::serve_mllp(core, net::make_stream(loop, std::move(accepted)), number));
  });
}

}  // namespace

MllpServer::MllpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
MllpServer::MllpServer(MllpServer&&) noexcept = default;
MllpServer& MllpServer::operator=(MllpServer&&) noexcept = default;
MllpServer::~MllpServer() = default;

Result<MllpServer> MllpServer::start(MllpServerOptions options, net::Io& io, MllpHandler handler, const Clock* clock) {
  TRY(check(options));
  auto core = std::make_shared<MllpCore>(std::move(options), io, std::move(handler),
                                         clock != nullptr ? *clock : system_clock());
  auto state = std::make_shared<State>(std::move(core));
  TRY(state->listen(take));
  return MllpServer(std::move(state));
}

std::uint16_t MllpServer::port() const {
  return state_->port();
}

MllpServerCounts MllpServer::counts() const {
  const MllpCore& core = *state_->core;
  MllpServerCounts counts{core.accepted,
                          core.refused,
                          core.connections->open(),
                          core.cut,
                          core.messages,
                          core.bytes,
                          core.answers,
                          core.held(),
                          core.pauses,
                          {}};
  for (std::size_t i = 0; i < kMllpFaults; ++i) counts.faults[i] = core.faults[i];
  return counts;
}

Result<> MllpServer::reload_certificates() {
  return state_->reload_certificates();
}

void MllpServer::pause() {
  state_->core->is_paused = true;
}

void MllpServer::resume() {
  state_->core->is_paused = false;
  state_->with_connections([](MllpConnection& connection) { connection.wake(); });
}

bool MllpServer::drain(std::int64_t milliseconds) {
  return state_->drain(milliseconds);
}

}  // namespace meridian::connect
