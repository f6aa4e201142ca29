#include "connect/internal/mllp_core.hpp"

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
