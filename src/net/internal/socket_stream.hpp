// SocketStream: a Stream straight over a connected descriptor (TCP or Unix).
#pragma once

#include <boost/asio/posix/stream_descriptor.hpp>

#include "net/listener.hpp"
#include "net/stream.hpp"

namespace meridian::net::internal {

class SocketStream final : public Stream {
 public:
  SocketStream(Loop& loop, Accepted accepted);

  Attempt try_read(char* to, std::size_t size) override;
  Attempt try_write(std::string_view first, std::string_view second) override;
  void wait(Readiness readiness, Waiter& waiter) override;
  bool peer_has_gone() override;
  void shutdown_write() override;
  void close() override;
  const PeerAddress& peer() const override { return peer_; }

 private:
  void cancel_waits() override;

  boost::asio::posix::stream_descriptor descriptor_;
  PeerAddress peer_;
};

}  // namespace meridian::net::internal
