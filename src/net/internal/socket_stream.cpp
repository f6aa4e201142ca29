#include "net/internal/socket_stream.hpp"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/internal/engine.hpp"

namespace meridian::net::internal {
namespace {

IoStatus status_of(int error) {
  if (error == EAGAIN || error == EWOULDBLOCK || error == EINTR) return IoStatus::would_block;
  return IoStatus::failed;
}

int family_of(int descriptor) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &size);
  return storage.ss_family;
}

}  // namespace

SocketStream::SocketStream(Loop& loop, Accepted accepted)
    : Stream(loop), socket_(loop.engine().context), peer_(std::move(accepted.peer)) {
  boost::system::error_code error;
  const int descriptor = accepted.socket.get();
  socket_.assign({family_of(descriptor), 0}, descriptor, error);
  if (!error) accepted.socket.release();  // otherwise it closes itself, and every operation here fails
}

Stream::Attempt SocketStream::receive(char* to, std::size_t size) {
  if (ended_ != IoStatus::ok) return {{0, ended_}};
  const ssize_t got = ::recv(socket_.native_handle(), to, size, MSG_DONTWAIT);
  if (got > 0) return {{static_cast<std::size_t>(got), IoStatus::ok}};
  const IoStatus status = got == 0 ? IoStatus::end : status_of(errno);
  if (status != IoStatus::would_block) ended_ = status;
  return {{0, status}, Readiness::readable};
}

Stream::Attempt SocketStream::try_read(char* to, std::size_t size) {
  if (inbox_begin_ == inbox_end_) return receive(to, size);
  const std::size_t waiting = inbox_end_ - inbox_begin_;
  std::size_t got = std::min(size, waiting);
  std::memcpy(to, inbox_.data() + inbox_begin_, got);
  inbox_begin_ = static_cast<std::uint16_t>(inbox_begin_ + got);
  // A full inbox means that more is there.
  if (inbox_begin_ == inbox_.size() && got < size) got += receive(to + got, size - got).result.bytes;
  return {{got, IoStatus::ok}};
}

Stream::Attempt SocketStream::try_write(std::string_view first, std::string_view second) {
  ssize_t sent = 0;
  if (second.empty()) {
    sent = ::send(socket_.native_handle(), first.data(), first.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  } else {
    iovec pieces[2] = {{const_cast<char*>(first.data()), first.size()},
                       {const_cast<char*>(second.data()), second.size()}};
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = 2;
    sent = ::sendmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
  if (sent >= 0) return {{static_cast<std::size_t>(sent), IoStatus::ok}};
  return {{0, status_of(errno)}, Readiness::writable};
}

void SocketStream::wait(Readiness readiness, Waiter& waiter) {
  if (readiness == Readiness::readable) return wait_readable(waiter);
  socket_.async_wait(Socket::wait_write, [&waiter](const boost::system::error_code& error) {
    waiter.ready(error ? IoStatus::cancelled : IoStatus::ok);
  });
}

void SocketStream::wait_readable(Waiter& waiter) {
  if (readers_[0] != nullptr) {
    readers_[1] = &waiter;  // one read under way is enough for both
    return;
  }
  readers_[0] = &waiter;
  socket_.async_receive(boost::asio::buffer(inbox_), [this](const boost::system::error_code& error, std::size_t bytes) {
    inbox_begin_ = 0;
    inbox_end_ = static_cast<std::uint16_t>(bytes);
    const bool cancelled = error == boost::asio::error::operation_aborted;
    if (error == boost::asio::error::eof) {
      ended_ = IoStatus::end;
    } else if (error && !cancelled) {
      ended_ = IoStatus::failed;
    }
    tell_readers(cancelled ? IoStatus::cancelled : IoStatus::ok);
  });
}

void SocketStream::tell_readers(IoStatus status) {
  // Whoever owns this waits for both to have ended before it goes.
  const std::array<Waiter*, 2> readers = std::exchange(readers_, {});
  for (Waiter* reader : readers) {
    if (reader != nullptr) reader->ready(status);
  }
}

bool SocketStream::peer_has_gone() {
  if (ended_ != IoStatus::ok) return true;
  char byte = 0;
  const ssize_t got = ::recv(socket_.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return got == 0 || (got < 0 && status_of(errno) == IoStatus::failed);
}

void SocketStream::shutdown_write() {
  ::shutdown(socket_.native_handle(), SHUT_WR);
}

void SocketStream::close() {
  cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void SocketStream::cancel_waits() {
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

}  // namespace meridian::net::internal

namespace meridian::net {

std::unique_ptr<Stream> make_stream(Loop& loop, Accepted accepted) {
  return std::make_unique<internal::SocketStream>(loop, std::move(accepted));
}

}  // namespace meridian::net
