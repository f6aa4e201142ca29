#include "net/connect.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>

#include "net/internal/engine.hpp"
#include "net/internal/socket_stream.hpp"
#include "net/listener.hpp"

namespace meridian::net {
namespace {

using boost::asio::ip::tcp;

// Waits for the resolver, or for the deadline; the resolver's own thread may go on, its answer is then dropped.
class ResolveAwaiter final : public Expiring {
 public:
  ResolveAwaiter(Loop& loop, std::string host, std::uint16_t port, Deadline deadline)
      : loop_(loop), resolver_(loop.engine().context), host_(std::move(host)), port_(port) {
    set_expiry(deadline);
  }

  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> handle) {
    if (deadline().is_set()) watch(loop_);
    resolver_.async_resolve(host_, std::to_string(port_), tcp::resolver::numeric_service,
                            [this, handle](const boost::system::error_code& error, tcp::resolver::results_type found) {
                              error_ = error;
                              found_ = std::move(found);
                              handle.resume();
                            });
  }
  Result<std::vector<Address>> await_resume() const {
    if (error_ == boost::asio::error::operation_aborted)
      return fail(ErrorCode::timeout, "resolving the host took too long");
    if (error_) return fail(ErrorCode::not_found, "the host's name cannot be resolved: " + error_.message());
    std::vector<Address> addresses;
    for (const auto& entry : found_) {
      addresses.push_back({entry.endpoint().address().to_string(), entry.endpoint().port()});
    }
    return addresses;
  }

 private:
  void expired() override { resolver_.cancel(); }

  Loop& loop_;
  tcp::resolver resolver_;
  std::string host_;
  std::uint16_t port_;
  boost::system::error_code error_;
  tcp::resolver::results_type found_;
};

/// Waits until a connect in progress has ended.
class WritableAwaiter final : public AwaitedOperation {
 public:
  explicit WritableAwaiter(Stream& stream) : AwaitedOperation(stream) {}
  IoStatus await_resume() const { return result_.status; }

 private:
  Stream::Attempt attempt() override {
    if (waited_) return {{0, IoStatus::ok}};
    waited_ = true;
    return {{0, IoStatus::would_block}, Readiness::writable};
  }
  bool waited_ = false;
};

Task<Result<std::unique_ptr<Stream>>> connect_socket(Loop& loop, const sockaddr* address, socklen_t size,
                                                     PeerAddress peer, Deadline deadline) {
  Socket socket(::socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) co_return fail(ErrorCode::io_failure, std::string("making a socket: ") + std::strerror(errno));
  const int descriptor = socket.get();
  const int on = 1;
  if (address->sa_family != AF_UNIX) ::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(descriptor, address, size) != 0 && errno != EINPROGRESS) {
    co_return fail(ErrorCode::io_failure, std::string("connecting: ") + std::strerror(errno));
  }
  std::unique_ptr<Stream> stream = make_stream(loop, Accepted{std::move(socket), std::move(peer)});
  stream->set_deadline(deadline);
  const IoStatus status = co_await WritableAwaiter(*stream);
  if (status == IoStatus::timed_out) co_return fail(ErrorCode::timeout, "connecting took too long");
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) co_return fail(ErrorCode::io_failure, std::string("connecting: ") + std::strerror(error));
  stream->set_deadline(Deadline{});
  co_return std::move(stream);
}

}  // namespace

Task<Result<std::vector<Address>>> resolve(Loop& loop, std::string host, std::uint16_t port, Deadline deadline) {
  ResolveAwaiter waiting(loop, std::move(host), port, deadline);
  co_return co_await waiting;
}

Task<Result<std::unique_ptr<Stream>>> connect(Loop& loop, std::vector<Address> addresses, Deadline deadline) {
  Error last(ErrorCode::not_found, "the host has no address");
  for (const Address& address : addresses) {
    sockaddr_in v4{};
    sockaddr_in6 v6{};
    const sockaddr* generic = nullptr;
    socklen_t size = 0;
    if (::inet_pton(AF_INET, address.text.c_str(), &v4.sin_addr) == 1) {
      v4.sin_family = AF_INET;
      v4.sin_port = htons(address.port);
      generic = reinterpret_cast<const sockaddr*>(&v4);
      size = sizeof v4;
    } else if (::inet_pton(AF_INET6, address.text.c_str(), &v6.sin6_addr) == 1) {
      v6.sin6_family = AF_INET6;
      v6.sin6_port = htons(address.port);
      generic = reinterpret_cast<const sockaddr*>(&v6);
      size = sizeof v6;
    } else {
      last = Error(ErrorCode::invalid_argument, "not an IP address");
      continue;
    }
    PeerAddress peer{address.text, address.port};
    Result<std::unique_ptr<Stream>> stream = co_await connect_socket(loop, generic, size, std::move(peer), deadline);
    if (stream) co_return std::move(stream);
    last = stream.error();
    if (last.code() == ErrorCode::timeout) break;
  }
  co_return fail(std::move(last));
}

Task<Result<std::unique_ptr<Stream>>> connect_unix(Loop& loop, std::string path, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    co_return fail(ErrorCode::invalid_argument, "the Unix socket's path is longer than 107 bytes");
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  PeerAddress peer{"unix", 0};
  co_return co_await connect_socket(loop, reinterpret_cast<const sockaddr*>(&address), sizeof address, std::move(peer),
                                    deadline);
}

namespace {

// https://www.iana.org/assignments/iana-ipv4-special-registry
Reach reach_of_v4(std::uint32_t address) {
  struct Block {
    std::uint32_t network;
    int bits;
    Reach reach;
  };
  static constexpr Block kBlocks[] = {
      {0x00000000, 8, Reach::unspecified_or_special},   // "this network"
      {0x0a000000, 8, Reach::private_network},          // 10/8
      {0x64400000, 10, Reach::private_network},         // 100.64/10, carrier-grade NAT
      {0x7f000000, 8, Reach::loopback},                 // 127/8
      {0xa9fe0000, 16, Reach::link_local},              // 169.254/16, cloud metadata lives here
      {0xac100000, 12, Reach::private_network},         // 172.16/12
      {0xc0000000, 24, Reach::unspecified_or_special},  // 192.0.0/24
      {0xc0000200, 24, Reach::unspecified_or_special},  // documentation
      {0xc0a80000, 16, Reach::private_network},         // 192.168/16
      {0xc6120000, 15, Reach::unspecified_or_special},  // benchmarking
      {0xc6336400, 24, Reach::unspecified_or_special},  // documentation
      {0xcb007100, 24, Reach::unspecified_or_special},  // documentation
      {0xe0000000, 3, Reach::unspecified_or_special},   // multicast, reserved, broadcast
  };
  for (const Block& block : kBlocks) {
    if ((address >> (32 - block.bits)) == (block.network >> (32 - block.bits))) return block.reach;
  }
  return Reach::public_internet;
}

std::uint32_t v4_inside(const std::array<unsigned char, 16>& bytes, std::size_t at) {
  return (std::uint32_t{bytes[at]} << 24) | (std::uint32_t{bytes[at + 1]} << 16) | (std::uint32_t{bytes[at + 2]} << 8) |
         bytes[at + 3];
}

}  // namespace

Reach reach_of(const std::string& address) {
  in_addr v4{};
  if (::inet_pton(AF_INET, address.c_str(), &v4) == 1) return reach_of_v4(ntohl(v4.s_addr));
  std::array<unsigned char, 16> bytes{};
  // A zone ("fe80::1%eth0") is link-local by nature.
  if (address.find('%') != std::string::npos) return Reach::link_local;
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return Reach::unspecified_or_special;
  const auto zero_until = [&](std::size_t end) {
    for (std::size_t i = 0; i < end; ++i) {
      if (bytes[i] != 0) return false;
    }
    return true;
  };
  if (zero_until(15) && bytes[15] == 1) return Reach::loopback;
  if (zero_until(10) && bytes[10] == 0xff && bytes[11] == 0xff) return reach_of_v4(v4_inside(bytes, 12));  // mapped
  if (zero_until(12)) return Reach::unspecified_or_special;  // :: and ::a.b.c.d
  if (bytes[0] == 0x00 && bytes[1] == 0x64 && bytes[2] == 0xff && bytes[3] == 0x9b) {
    return reach_of_v4(v4_inside(bytes, 12));  // NAT64
  }
  if (bytes[0] == 0x20 && bytes[1] == 0x02) return reach_of_v4(v4_inside(bytes, 2));  // 6to4
  if ((bytes[0] & 0xfe) == 0xfc) return Reach::private_network;                       // fc00::/7
  if (bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80) return Reach::link_local;        // fe80::/10
  if ((bytes[0] & 0xe0) != 0x20) return Reach::unspecified_or_special;                // only 2000::/3 is global
  if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] < 0x02) return Reach::unspecified_or_special;  // 2001::/23
  if (bytes[0] == 0x20 && bytes[1] == 0x01 && bytes[2] == 0x0d && bytes[3] == 0xb8)
    return Reach::unspecified_or_special;
  return Reach::public_internet;
}

}  // namespace meridian::net
