#include "connect/internal/mllp_core.hpp"

#include <chrono>

#include "net/signal.hpp"

namespace meridian::connect::internal {

namespace {

constexpr std::string_view kFeed = "feed";

std::array<Counter*, kMllpFaults> counters_of_faults(const std::string& feed) {
  std::array<Counter*, kMllpFaults> counters{};
  for (std::size_t i = 0; i < kMllpFaults; ++i) {
    counters[i] = &metrics().counter({"meridian_mllp_faults", "Deviations from MLLP's framing, by kind"},
                                     {{kFeed, feed}, {"fault", name(static_cast<MllpFault>(i))}});
  }
  return counters;
}

}  // namespace

MllpCore::MllpCore(MllpServerOptions given, net::Io& the_io, MllpHandler the_handler, const Clock& the_clock)
    : options(std::move(given)),
      io(the_io),
      handler(std::move(the_handler)),
      clock(the_clock),
      messages_metric(
          metrics().counter({"meridian_mllp_messages", "Messages received by MLLP"}, {{kFeed, options.name}})),
      bytes_metric(metrics().counter({"meridian_mllp_received_bytes", "Bytes of messages received by MLLP", "bytes"},
                                     {{kFeed, options.name}})),
      cut_metric(metrics().counter({"meridian_mllp_connections_cut", "MLLP peers that were cut for their behaviour"},
                                   {{kFeed, options.name}})),
      fault_metrics(counters_of_faults(options.name)),
      answer_seconds(
          metrics().histogram({"meridian_mllp_answer_seconds", "From a message's last byte to its answer", "seconds"},
                              request_seconds(), {{kFeed, options.name}})) {}

bool MllpCore::admit(const std::string& address) {
  const std::lock_guard lock(mutex_);
  if (open_.load() >= options.connections) return false;
  std::uint32_t& count = by_address_[address];
  if (count >= options.connections_per_address) return false;
  ++count;
  ++open_;
  return true;
}

void MllpCore::leave(const std::string& address) {
  const std::lock_guard lock(mutex_);
  const auto at = by_address_.find(address);
  if (--at->second == 0) by_address_.erase(at);
  if (--open_ == 0) changed_.notify_all();
}

bool MllpCore::wait_until_empty(std::int64_t milliseconds) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::milliseconds(milliseconds), [this] { return open_.load() == 0; });
}

void MllpCore::give_back(std::uint64_t count) {
  if (count == 0) return;
  held_ -= count;
  if (somebody_waits_.load()) wake_waiting();
}

bool MllpCore::has_room_or_wake(const std::shared_ptr<net::Signal>& signal) {
  if (held_.load() < options.all_unanswered_bytes) return true;
  {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(signal);
    somebody_waits_ = true;
  }
  // What was given back between the look and the entry woke nobody.
  return held_.load() < options.all_unanswered_bytes;
}

void MllpCore::wake_waiting() {
  std::vector<std::weak_ptr<net::Signal>> waiting;
  {
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
    somebody_waits_ = false;
  }
  for (const std::weak_ptr<net::Signal>& one : waiting) {
    if (const std::shared_ptr<net::Signal> signal = one.lock()) signal->notify();
  }
}

}  // namespace meridian::connect::internal
