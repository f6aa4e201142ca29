#include "http/testing/raw_client.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "http/headers.hpp"

namespace meridian::http::testing {
namespace {

// So that a test that waits in vain fails instead of hanging.
void set_patience(int descriptor) {
  timeval patience{20, 0};
  ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  ::setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

}  // namespace

std::string RawResponse::field(std::string_view name) const {
  std::size_t at = head.find("\r\n");
  while (at != std::string::npos && at + 2 < head.size()) {
    const std::size_t end = head.find("\r\n", at + 2);
    const std::string_view line = std::string_view(head).substr(at + 2, end - at - 2);
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && equals_ignoring_case(line.substr(0, colon), name)) {
      return std::string(line.substr(colon + 2));
    }
    at = end;
  }
  return {};
}

RawClient::RawClient(std::uint16_t port) : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(descriptor_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  set_patience(descriptor_);
  static_cast<void>(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

RawClient::RawClient(const std::string& unix_path) : descriptor_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, unix_path.data(), std::min(unix_path.size(), sizeof address.sun_path - 1));
  set_patience(descriptor_);
  static_cast<void>(::connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address));
}

RawClient::~RawClient() {
  ::close(descriptor_);
}

bool RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::finish_sending() {
  ::shutdown(descriptor_, SHUT_WR);
}

bool RawClient::fill() {
  char piece[16 * 1024];
  const ssize_t got = ::recv(descriptor_, piece, sizeof piece, 0);
  if (got <= 0) return false;
  in_.append(piece, static_cast<std::size_t>(got));
  return true;
}

RawResponse RawClient::response(bool head_only) {
  RawResponse response;
  std::size_t end = 0;
  while ((end = in_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return response;
  }
  response.head = in_.substr(0, end + 4);
  in_.erase(0, end + 4);
  const int status = response.head.size() > 12 ? std::atoi(response.head.c_str() + 9) : 0;
  response.chunked = response.field("Transfer-Encoding") == "chunked";
  const bool no_body = head_only || status < 200 || status == 204 || status == 304;
  if (no_body) {
    response.status = status;
    return response;
  }
  if (response.chunked) {
    while (true) {
      while ((end = in_.find("\r\n")) == std::string::npos) {
        if (!fill()) return response;
      }
      const std::size_t size = std::strtoull(in_.c_str(), nullptr, 16);
      while (in_.size() < end + 2 + size + 2) {
        if (!fill()) return response;
      }
      response.body += in_.substr(end + 2, size);
      in_.erase(0, end + 2 + size + 2);
      if (size == 0) break;
    }
  } else if (const std::string length = response.field("Content-Length"); !length.empty()) {
    response.body = read(std::strtoull(length.c_str(), nullptr, 10));
    if (response.body.size() != std::strtoull(length.c_str(), nullptr, 10)) return response;
  } else {
    response.body = rest();
  }
  response.status = status;
  return response;
}

std::string RawClient::read(std::size_t bytes) {
  while (in_.size() < bytes && fill()) {
  }
  std::string out = in_.substr(0, bytes);
  in_.erase(0, out.size());
  return out;
}

std::string RawClient::rest() {
  while (fill()) {
  }
  return std::exchange(in_, {});
}

}  // namespace meridian::http::testing
