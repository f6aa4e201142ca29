// DicomCore: what all associations of one DicomServer share: counts, metrics, who is open.
#pragma once

#include <atomic>
#include <memory>

#include "base/metrics.hpp"
#include "connect/dicom_server.hpp"
#include "net/connections.hpp"
#include "net/tls.hpp"

namespace meridian::connect::internal {

class DicomAssociation;

class DicomCore {
 public:
  DicomCore(DicomServerOptions given, net::Io& the_io, http::Executor& the_executor, DicomHandler& the_handler);

  const DicomServerOptions options;
  net::Io& io;
  http::Executor& executor;
  DicomHandler& handler;
  std::shared_ptr<net::TlsServer> tls;

  std::atomic<bool> is_draining = false;
  std::atomic<bool> is_cutting = false;

  std::atomic<std::uint64_t> connections_made = 0;
  std::atomic<std::uint64_t> accepted = 0;
  std::atomic<std::uint64_t> rejected = 0;
  std::atomic<std::uint64_t> aborted = 0;
  std::atomic<std::uint64_t> refused = 0;
  std::atomic<std::uint64_t> objects_received = 0;
  std::atomic<std::uint64_t> objects_sent = 0;
  std::atomic<std::uint64_t> bytes_received = 0;
  std::atomic<std::uint64_t> bytes_sent = 0;
  std::atomic<std::uint64_t> operations = 0;

  Counter& objects_metric;
  Counter& bytes_metric;
  Counter& aborted_metric;
  Counter& rejected_metric;
  Histogram& store_seconds;

  const std::shared_ptr<net::Connections<DicomAssociation>> connections =
      std::make_shared<net::Connections<DicomAssociation>>();
};

}  // namespace meridian::connect::internal
