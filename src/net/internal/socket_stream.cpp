#include "net/internal/socket_stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <cerrno>

#include "net/internal/engine.hpp"

namespace meridian::net::internal {
namespace {

IoStatus status_of(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return IoStatus::would_block;
  return IoStatus::failed;
}

}  // namespace

SocketStream::SocketStream(Loop& loop, Accepted accepted)
    : Stream(loop), descriptor_(loop.engine().context), peer_(std::move(accepted.peer)) {
  boost::system::error_code error;
  const int descriptor = accepted.socket.get();
  descriptor_.assign(descriptor, error);
  if (!error) accepted.socket.release();  // otherwise it closes itself, and every operation here fails
}

Stream::Attempt SocketStream::try_read(char* to, std::size_t size) {
  const ssize_t got = ::recv(descriptor_.native_handle(), to, size, MSG_DONTWAIT);
  if (got > 0) return {{static_cast<std::size_t>(got), IoStatus::ok}};
  if (got == 0) return {{0, IoStatus::end}};
  return {{0, status_of(errno)}, Readiness::readable};
}

Stream::Attempt SocketStream::try_write(std::string_view first, std::string_view second) {
  iovec pieces[2] = {{const_cast<char*>(first.data()), first.size()},
                     {const_cast<char*>(second.data()), second.size()}};
  msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = second.empty() ? 1 : 2;
  const ssize_t sent = ::sendmsg(descriptor_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  if (sent >= 0) return {{static_cast<std::size_t>(sent), IoStatus::ok}};
  return {{0, status_of(errno)}, Readiness::writable};
}

void SocketStream::wait(Readiness readiness, Waiter& waiter) {
  using boost::asio::posix::descriptor_base;
  const auto kind = readiness == Readiness::readable ? descriptor_base::wait_read : descriptor_base::wait_write;
  descriptor_.async_wait(kind, [&waiter](const boost::system::error_code& error) {
    waiter.ready(error ? IoStatus::cancelled : IoStatus::ok);
  });
}

bool SocketStream::peer_has_gone() {
  char byte = 0;
  const ssize_t got = ::recv(descriptor_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && status_of(errno) == IoStatus::failed);
}

void SocketStream::shutdown_write() {
  ::shutdown(descriptor_.native_handle(), SHUT_WR);
}

void SocketStream::close() {
  cancel();
  boost::system::error_code ignored;
  descriptor_.close(ignored);
}

void SocketStream::cancel_waits() {
  boost::system::error_code ignored;
  descriptor_.cancel(ignored);
}

}  // namespace meridian::net::internal

namespace meridian::net {

std::unique_ptr<Stream> make_stream(Loop& loop, Accepted accepted) {
  return std::make_unique<internal::SocketStream>(loop, std::move(accepted));
}

}  // namespace meridian::net
