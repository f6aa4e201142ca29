#include "connect/testing/raw_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace meridian::connect::testing {

RawPeer::RawPeer(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(descriptor_);
    descriptor_ = -1;
  }
}

RawPeer::RawPeer(RawPeer&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), in_(std::move(other.in_)) {}

RawPeer::~RawPeer() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool RawPeer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

std::size_t RawPeer::send_what_is_taken(std::string_view bytes) {
  const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return sent > 0 ? static_cast<std::size_t>(sent) : 0;
}

void RawPeer::finish_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

bool RawPeer::fill() {
  char room[4096];
  const ssize_t got = ::recv(descriptor_, room, sizeof room, 0);
  if (got <= 0) return false;
  in_.append(room, static_cast<std::size_t>(got));
  return true;
}

std::string RawPeer::frame() {
  std::size_t end = in_.find("\x1c\r");
  while (end == std::string::npos) {
    if (!fill()) return {};
    end = in_.find("\x1c\r");
  }
  std::string content = in_.substr(1, end - 1);
  in_.erase(0, end + 2);
  return content;
}

std::string RawPeer::bytes(std::size_t count) {
  while (in_.size() < count && fill()) {
  }
  std::string got = in_.substr(0, count);
  in_.erase(0, got.size());
  return got;
}

bool RawPeer::is_closed() {
  return in_.empty() && !fill();
}

std::string framed(std::string_view content) {
  return '\x0b' + std::string(content) + "\x1c\r";
}

}  // namespace meridian::connect::testing
