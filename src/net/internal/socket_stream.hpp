// SocketStream: a Stream straight over a connected descriptor (TCP or Unix).
//
// Waiting to read is a read of its own, into a small inbox: the next try_read() takes from there. Waiting for readiness
// alone would cost Asio a change of the epoll set for each wait, more than the read itself.
#pragma once

#include <array>
#include <boost/asio/generic/stream_protocol.hpp>

#include "net/listener.hpp"
#include "net/stream.hpp"

namespace meridian::net::internal {

class SocketStream final : public Stream {
 public:
  SocketStream(Loop& loop, Accepted accepted);

  Attempt try_read(char* to, std::size_t size) override;
  Attempt try_write(std::string_view first, std::string_view second) override;
  void wait(Readiness readiness, Waiter& waiter) override;
  bool has_buffered() const override { return inbox_begin_ != inbox_end_ || ended_ != IoStatus::ok; }
  bool peer_has_gone() override;
  void shutdown_write() override;
  void close() override;
  const PeerAddress& peer() const override { return peer_; }

 private:
  using Socket = boost::asio::generic::stream_protocol::socket;

  void cancel_waits() override;
  void wait_readable(Waiter& waiter);
  void tell_readers(IoStatus status);
  Attempt receive(char* to, std::size_t size);

  Socket socket_;
  PeerAddress peer_;
  // A reader, and above TLS a writer too that must read first.
  std::array<Waiter*, 2> readers_{};
  std::array<char, 512> inbox_;
  std::uint16_t inbox_begin_ = 0;
  std::uint16_t inbox_end_ = 0;
  IoStatus ended_ = IoStatus::ok;  // or what the socket said last, once for all
};

}  // namespace meridian::net::internal
