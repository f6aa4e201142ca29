#include "net/listener.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <cerrno>
#include <cstring>
#include <future>

#include "net/internal/engine.hpp"

namespace meridian::net {
namespace {

constexpr int kBacklog = 1024;

tl::unexpected<Error> system_failure(const std::string& what) {
  return fail(ErrorCode::io_failure, what + ": " + std::strerror(errno));
}

PeerAddress address_of(const sockaddr_storage& storage) {
  char text[INET6_ADDRSTRLEN] = {};
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return {text, ntohs(v4.sin_port)};
  }
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return {text, ntohs(v6.sin6_port)};
  }
  return {"unix", 0};
}

bool fill(sockaddr_storage& storage, socklen_t& size, const std::string& host, std::uint16_t port) {
  sockaddr_in v4{};
  if (::inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    std::memcpy(&storage, &v4, sizeof v4);
    size = sizeof v4;
    return true;
  }
  sockaddr_in6 v6{};
  if (::inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&storage, &v6, sizeof v6);
    size = sizeof v6;
    return true;
  }
  return false;
}

}  // namespace

Socket::~Socket() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

struct Listener::State : std::enable_shared_from_this<Listener::State> {
  State(Loop& l, int descriptor) : loop(l), acceptor(l.engine().context, descriptor), pause(l.engine().context) {}

  void accept_next() {
    acceptor.async_wait(boost::asio::posix::descriptor_base::wait_read,
                        [self = shared_from_this()](const boost::system::error_code& error) {
                          if (!error && !self->stopped) self->accept_all();
                        });
  }

  void accept_all() {
    constexpr int kAtOnce = 64;
    for (int i = 0; i < kAtOnce; ++i) {
      sockaddr_storage storage{};
      socklen_t size = sizeof storage;
      Socket socket(::accept4(acceptor.native_handle(), reinterpret_cast<sockaddr*>(&storage), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (socket.get() < 0) {
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return rest();
        break;
      }
      if (storage.ss_family != AF_UNIX) {
        const int on = 1;
        ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      }
      on_accept(Accepted{std::move(socket), address_of(storage)});
    }
    accept_next();
  }

  // No descriptors left: the connection stays in the queue, and trying at once would only spin.
  void rest() {
    pause.expires_after(std::chrono::milliseconds(100));
    pause.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
      if (!error && !self->stopped) self->accept_next();
    });
  }

  void stop_here() {
    if (stopped) return;
    stopped = true;
    boost::system::error_code ignored;
    acceptor.close(ignored);
    pause.cancel();
    on_accept.reset();
    if (!unix_path.empty()) ::unlink(unix_path.c_str());
  }

  Loop& loop;
  boost::asio::posix::stream_descriptor acceptor;
  boost::asio::steady_timer pause;
  Callback<void(Accepted)> on_accept;
  bool stopped = false;
  std::uint16_t port = 0;
  std::string unix_path;
};

Listener::Listener(std::shared_ptr<State> state) : state_(std::move(state)) {}
Listener::Listener(Listener&&) noexcept = default;
Listener& Listener::operator=(Listener&& other) noexcept {
  if (this != &other) {
    stop();
    state_ = std::move(other.state_);
  }
  return *this;
}
Listener::~Listener() {
  stop();
}

Result<Listener> Listener::tcp(Loop& loop, const std::string& host, std::uint16_t port) {
  sockaddr_storage storage{};
  socklen_t size = 0;
  if (!fill(storage, size, host, port)) {
    return fail(ErrorCode::invalid_argument, "\"" + host + "\" is not an IP address to listen on");
  }
  const std::string where = "listening on " + host + " port " + std::to_string(port);
  Socket socket(::socket(storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return system_failure(where);
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&storage), size) != 0 ||
      ::listen(socket.get(), kBacklog) != 0) {
    return system_failure(where);
  }
  size = sizeof storage;
  ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&storage), &size);
  auto state = std::make_shared<State>(loop, socket.release());
  state->port = address_of(storage).port;
  return Listener(std::move(state));
}

Result<Listener> Listener::unix_socket(Loop& loop, const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return fail(ErrorCode::invalid_argument, "the Unix socket's path is empty or longer than 107 bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  const auto* generic = reinterpret_cast<const sockaddr*>(&address);

  // A file left behind by a process that died refuses connections; one in use accepts them.
  if (const Socket probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)); probe.get() >= 0) {
    if (::connect(probe.get(), generic, sizeof address) == 0) {
      return fail(ErrorCode::conflict, "another process listens on the Unix socket " + path);
    }
    struct stat found{};
    if (errno == ECONNREFUSED && ::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) ::unlink(path.c_str());
  }
  const std::string where = "listening on the Unix socket " + path;
  Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) return system_failure(where);
  // The mode is set on the descriptor before bind makes the file, so there is no moment when others may connect.
  ::fchmod(socket.get(), 0600);
  if (::bind(socket.get(), generic, sizeof address) != 0 || ::listen(socket.get(), kBacklog) != 0) {
    return system_failure(where);
  }
  ::chmod(path.c_str(), 0600);
  auto state = std::make_shared<State>(loop, socket.release());
  state->unix_path = path;
  return Listener(std::move(state));
}

std::uint16_t Listener::port() const {
  return state_->port;
}

void Listener::start(Callback<void(Accepted)> on_accept) {
  state_->loop.post([state = state_, callback = std::move(on_accept)]() mutable {
    if (state->stopped) return;
    state->on_accept = std::move(callback);
    state->accept_next();
  });
}

void Listener::stop() {
  if (!state_) return;
  const std::shared_ptr<State> state = state_;
  if (state->loop.is_current()) return state->stop_here();
  std::promise<void> done;
  state->loop.post([&] {
    state->stop_here();
    done.set_value();
  });
  done.get_future().wait();
}

Result<SocketPair> make_socket_pair() {
  int descriptors[2] = {-1, -1};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, descriptors) != 0) {
    return system_failure("making a socket pair");
  }
  return SocketPair{{Socket(descriptors[0]), {"unix", 0}}, {Socket(descriptors[1]), {"unix", 0}}};
}

}  // namespace meridian::net
