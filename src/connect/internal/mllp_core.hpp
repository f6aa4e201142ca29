// MllpCore: what all connections of one MllpServer share: counts, the budget of bytes, who is open.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "base/metrics.hpp"
#include "connect/mllp_server.hpp"
#include "net/connections.hpp"

namespace meridian::net {
class Signal;
}  // namespace meridian::net

namespace meridian::connect::internal {

class MllpConnection;

class MllpCore {
 public:
  MllpCore(MllpServerOptions given, net::Io& the_io, MllpHandler the_handler, const Clock& the_clock);

  const MllpServerOptions options;
  net::Io& io;
  const MllpHandler handler;
  const Clock& clock;
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
  std::atomic<std::uint64_t> pauses = 0;
  std::array<std::atomic<std::uint64_t>, kMllpFaults> faults{};

  // The feed's metrics.
  Counter& messages_metric;
  Counter& bytes_metric;
  Counter& cut_metric;
  std::array<Counter*, kMllpFaults> fault_metrics;
  Histogram& answer_seconds;

  const std::shared_ptr<net::Connections<MllpConnection>> connections =
      std::make_shared<net::Connections<MllpConnection>>();

  /// The budget of all. A reader that finds it spent is woken when some is given back.
  void hold(std::uint64_t count) { held_ += count; }
  void give_back(std::uint64_t count);
  std::uint64_t held() const { return held_.load(); }
  /// Whether there is room; if not, the signal is notified when there may be.
  bool has_room_or_wake(const std::shared_ptr<net::Signal>& signal);
  void wake_waiting();

 private:
  std::atomic<std::uint64_t> held_ = 0;
  std::atomic<bool> somebody_waits_ = false;
  std::mutex mutex_;
  std::vector<std::weak_ptr<net::Signal>> waiting_;  // protected by mutex_
};

}  // namespace meridian::connect::internal
