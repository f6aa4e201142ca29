#include "connect/device_server.hpp"

#include <array>
#include <atomic>
#include <mutex>
#include <utility>

#include "base/deadline.hpp"
#include "connect/internal/peer_server.hpp"
#include "net/io.hpp"
#include "net/signal.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"

namespace meridian::connect {

using net::IoResult;
using net::IoStatus;
using net::Task;

/// One answer to come; outlives the connection, so that a late one reaches nobody.
struct DeviceResponder::Target {
  explicit Target(std::shared_ptr<net::Signal> wakes) : signal(std::move(wakes)) {}
  const std::shared_ptr<net::Signal> signal;
  std::mutex mutex;
  std::optional<bool> answer;
  void give(bool is_safe) {
    {
      const std::lock_guard lock(mutex);
      if (answer) return;
      answer = is_safe;
    }
    signal->notify();
  }
  std::optional<bool> given() {
    const std::lock_guard lock(mutex);
    return answer;
  }
};

DeviceResponder::DeviceResponder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
DeviceResponder::DeviceResponder(DeviceResponder&&) noexcept = default;
DeviceResponder& DeviceResponder::operator=(DeviceResponder&& other) noexcept {
  if (this != &other) const DeviceResponder old(std::exchange(target_, std::move(other.target_)));
  return *this;
}
DeviceResponder::~DeviceResponder() {
  if (target_) target_->give(false);
}
void DeviceResponder::answer(bool is_safe) && {
  if (const std::shared_ptr<Target> target = std::exchange(target_, nullptr)) target->give(is_safe);
}

namespace {

class Connection;

struct Core {
  Core(DeviceServerOptions given, net::Io& the_io, MakeProtocol make, DeviceHandler handle)
      : options(std::move(given)), io(the_io), protocol(std::move(make)), handler(std::move(handle)) {}
  const DeviceServerOptions options;
  net::Io& io;
  MakeProtocol protocol;
  DeviceHandler handler;
  std::shared_ptr<net::TlsServer> tls;
  std::atomic<bool> is_draining = false;
  std::atomic<bool> is_cutting = false;
  std::atomic<bool> is_paused = false;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> cut = 0;
  std::atomic<std::uint64_t> messages = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<std::uint64_t> answers = 0;
  const std::shared_ptr<net::Connections<Connection>> connections = std::make_shared<net::Connections<Connection>>();
};

/// On its loop alone.
class Connection {
 public:
  Connection(std::shared_ptr<Core> core, net::Stream& stream)
      : core_(std::move(core)),
        stream_(stream),
        signal_(std::make_shared<net::Signal>(stream.loop())),
        protocol_(core_->protocol()) {
    peer_.address = stream.peer().address;
    peer_.port = stream.peer().port;
    if (const net::PeerCertificate* certificate = stream.certificate()) {
      peer_.certificate_subject = certificate->subject;
      peer_.certificate_sha256 = certificate->sha256;
    }
    core_->connections->insert(stream.loop(), this);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  Task<void> serve() {
    bool goes_on = true;  // co_await in the condition of a loop is miscompiled by g++ 12
    while (goes_on) goes_on = co_await read_once();
    core_->connections->erase(stream_.loop(), this);
    stream_.shutdown_write();
    stream_.close();
  }
  void drain() {
    if (is_reading_ && protocol_->is_idle()) stream_.cancel();
    signal_->notify();
  }
  void cut() {
    is_cut_ = true;
    stream_.cancel();
    signal_->notify();
  }
  void wake() { signal_->notify(); }

 private:
  bool is_over() const { return is_cut_ || (core_->is_draining && protocol_->is_idle()); }

  /// Whether the connection goes on.
  Task<bool> read_once() {
    while (core_->is_paused && !is_over()) co_await signal_->wait(Deadline{});
    if (is_over()) co_return false;
    const bool is_idle = protocol_->is_idle();
    const Deadline deadline = Deadline::after_milliseconds(is_idle ? core_->options.idle_ms : core_->options.stall_ms);
    stream_.set_deadline(deadline);
    std::array<char, 16 * 1024> room;
    is_reading_ = true;
    const IoResult got = co_await stream_.read_some(room.data(), room.size());
    is_reading_ = false;
    if (!got) {
      if (got.status == IoStatus::timed_out && !is_idle) ++core_->cut;
      co_return false;
    }
    std::string_view bytes(room.data(), got.bytes);
    while (!bytes.empty()) {
      DeviceEvent event = protocol_->take(bytes);
      if (!event.reply.empty()) {
        const bool is_written = co_await write_whole(event.reply);
        if (!is_written) co_return false;
      }
      if (event.message) {
        const bool goes_on = co_await hand_on(*std::move(event.message), event.is_cut);
        if (!goes_on) co_return false;
      }
      if (event.ends) {
        ++core_->cut;
        co_return false;
      }
    }
    co_return true;
  }

  Task<bool> hand_on(std::string message, bool is_cut) {
    ++core_->messages;
    core_->bytes += message.size();
    const auto target = std::make_shared<DeviceResponder::Target>(signal_);
    core_->handler(std::move(message), is_cut, peer_, DeviceResponder(target));
    std::optional<bool> answer = target->given();
    while (!answer) {
      if (is_cut_) co_return false;
      co_await signal_->wait(Deadline{});
      answer = target->given();
    }
    const std::string told = protocol_->settle(*answer);
    if (told.empty()) co_return *answer;  // who cannot be told that it is not safe is cut, and may send it again
    ++core_->answers;
    co_return co_await write_whole(told);
  }

  Task<bool> write_whole(std::string_view bytes) {
    stream_.set_deadline(Deadline::after_milliseconds(core_->options.stall_ms));
    while (!bytes.empty() && !is_cut_) {
      const IoResult written = co_await stream_.write_some(bytes);
      if (!written) {
        if (written.status == IoStatus::timed_out) ++core_->cut;
        co_return false;
      }
      bytes.remove_prefix(written.bytes);
    }
    co_return bytes.empty();
  }

  const std::shared_ptr<Core> core_;
  net::Stream& stream_;
  const std::shared_ptr<net::Signal> signal_;
  const std::unique_ptr<DeviceProtocol> protocol_;
  DevicePeer peer_;
  bool is_reading_ = false;
  bool is_cut_ = false;
};

Task<void> serve_connection(std::shared_ptr<Core> core, net::Stream& stream) {
  const auto connection = std::make_unique<Connection>(std::move(core), stream);
  co_await connection->serve();
}

void take(const std::shared_ptr<Core>& core, net::Accepted accepted) {
  ++core->accepted;
  if (!core->connections->admit(accepted.peer.address, core->options.connections,
                                core->options.connections_per_address)) {
    ++core->refused;
    return;
  }
  net::Loop& loop = core->io.next();
  loop.post([core, &loop, accepted = std::move(accepted)]() mutable {
    net::start(internal::serve_peer(core, net::make_stream(loop, std::move(accepted)), "device refused", "feed",
                                    [core](net::Stream& talked) { return serve_connection(core, talked); }));
  });
}

}  // namespace

struct DeviceServer::State : internal::PeerServer<Core, Connection> {
  using PeerServer::PeerServer;
};

DeviceServer::DeviceServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
DeviceServer::DeviceServer(DeviceServer&&) noexcept = default;
DeviceServer& DeviceServer::operator=(DeviceServer&&) noexcept = default;
DeviceServer::~DeviceServer() = default;

Result<DeviceServer> DeviceServer::start(DeviceServerOptions options, net::Io& io, MakeProtocol protocol,
                                         DeviceHandler handler) {
  if (options.connections == 0 || options.idle_ms <= 0 || options.stall_ms <= 0) {
    return fail(ErrorCode::invalid_argument, "a server of devices must be allowed a connection, and some time");
  }
  auto core = std::make_shared<Core>(std::move(options), io, std::move(protocol), std::move(handler));
  auto state = std::make_shared<State>(std::move(core));
  TRY(state->listen(take));
  return DeviceServer(std::move(state));
}

std::uint16_t DeviceServer::port() const {
  return state_->port();
}

DeviceServerCounts DeviceServer::counts() const {
  const Core& core = *state_->core;
  return {core.accepted, core.refused, core.connections->open(), core.cut, core.messages, core.bytes, core.answers};
}

void DeviceServer::pause() {
  state_->core->is_paused = true;
}

void DeviceServer::resume() {
  state_->core->is_paused = false;
  state_->with_connections([](Connection& connection) { connection.wake(); });
}

bool DeviceServer::drain(std::int64_t milliseconds) {
  return state_->drain(milliseconds);
}

}  // namespace meridian::connect
