#include "connect/internal/mllp_connection.hpp"

#include <utility>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "connect/internal/peer_server.hpp"
#include "net/recycle.hpp"

namespace meridian::connect::internal {

using net::IoResult;
using net::IoStatus;
using net::Task;

namespace {

constexpr std::size_t kRoom = 16 * 1024;
constexpr std::uint64_t kOverhead = 512;  // of a message that waits, beside its bytes

/// What is read into; held only while something is being read.
class Room {
 public:
  Room() : bytes_(static_cast<char*>(net::take_block(kRoom))) {}
  ~Room() { net::give_block(bytes_, kRoom); }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;
  char* data() const { return bytes_; }

 private:
  char* bytes_;
};

MllpPeer peer_of(const net::Stream& stream, std::uint64_t number) {
  MllpPeer peer;
  peer.address = stream.peer().address;
  peer.port = stream.peer().port;
  peer.is_encrypted = stream.is_encrypted();
  peer.connection = number;
  if (const net::PeerCertificate* certificate = stream.certificate()) {
    peer.certificate_subject = certificate->subject;
    peer.certificate_sha256 = certificate->sha256;
  }
  return peer;
}

}  // namespace

MllpConnection::MllpConnection(std::shared_ptr<MllpCore> core, net::Stream& stream, std::uint64_t number)
    : core_(std::move(core)),
      reader_(std::make_shared<net::Signal>(stream.loop())),
      writer_(std::make_shared<net::Signal>(stream.loop())),
      peer_(peer_of(stream, number)),
      stream_(&stream),
      decoder_(core_->options.frame) {
  core_->connections->insert(stream.loop(), this);
}

MllpConnection::~MllpConnection() = default;

Task<void> MllpConnection::serve() {
  net::start(write_answers());
  Then then = Then::read_on;
  while (then == Then::read_on) then = co_await read_once();
  std::optional<MllpFrame> last = decoder_.finish();
  count_faults();
  if (last && then == Then::end_kindly) hand_on(*std::move(last));
  hold_partial();
  if (then == Then::end_kindly) co_await wait_for_answers();
  if (then == Then::cut || !owes_nothing()) cut();
  end();
  while (!is_writer_done_) co_await reader_->wait(Deadline{});
  if (!is_cut_) stream_->shutdown_write();
  core_->connections->erase(stream_->loop(), this);
  stream_->close();
}

// Nothing more is written, and answers that come from now on reach nobody.
void MllpConnection::end() {
  is_ending_ = true;
  std::uint64_t held = 0;
  {
    const std::lock_guard lock(mutex_);
    has_gone_ = true;
    held = std::exchange(held_, 0);
    pending_.clear();
    to_write_.clear();
  }
  core_->give_back(held);
  writer_->notify();
}

void MllpConnection::drain() {
  if (is_reading_ && decoder_.is_between()) {
    read_deadline_ = Deadline::at_nanoseconds(steady_nanoseconds());
    set_deadline();
  }
  reader_->notify();
}

void MllpConnection::cut() {
  is_cut_ = true;
  stream_->cancel();
  reader_->notify();
  writer_->notify();
}

// Reading and writing share the stream's deadline: the earlier of theirs. Whoever is woken by that of the other waits
// again.
void MllpConnection::set_deadline() {
  stream_->set_deadline(Deadline::earlier(read_deadline_, write_deadline_));
}

Task<MllpConnection::Then> MllpConnection::read_once() {
  if (!co_await wait_for_room()) co_return Then::cut;
  const bool is_between = decoder_.is_between();
  if (core_->is_draining && is_between) co_return Then::end_kindly;

  const MllpServerOptions& options = core_->options;
  const std::int64_t now = steady_nanoseconds();
  if (is_between) frame_began_ = now;
  const auto in = [now](std::int64_t milliseconds) { return Deadline::at_nanoseconds(now + milliseconds * 1'000'000); };
  if (decoder_.awaits_return()) {
    read_deadline_ = in(options.pause_ms);
  } else if (is_between) {
    read_deadline_ = options.idle_ms > 0 ? in(options.idle_ms) : Deadline{};
  } else {
    const Deadline whole = Deadline::at_nanoseconds(frame_began_ + options.frame_ms * 1'000'000);
    read_deadline_ = Deadline::earlier(in(options.stall_ms), whole);
  }
  set_deadline();
  is_reading_ = true;
  if (is_between) {
    const IoStatus status = co_await stream_->readable();
    // Paused or drained meanwhile: what is there to be read stays with the peer's system.
    if (status != IoStatus::ok || core_->is_paused || core_->is_draining) {
      is_reading_ = false;
      co_return status == IoStatus::ok ? Then::read_on : after_failed_read(status);
    }
  }
  const Room room;
  const IoResult got = co_await stream_->read_some(room.data(), kRoom);
  is_reading_ = false;
  if (!got) co_return after_failed_read(got.status);
  read_deadline_ = Deadline{};
  co_return co_await hand_on_all({room.data(), got.bytes});
}

MllpConnection::Then MllpConnection::after_failed_read(IoStatus status) {
  if (is_cut_) return Then::cut;
  if (status == IoStatus::end) return Then::end_kindly;
  if (status == IoStatus::failed) return Then::cut;
  if (!read_deadline_.is_set() || !read_deadline_.has_passed()) return Then::read_on;  // the writer's deadline passed
  if (std::optional<MllpFrame> frame = decoder_.pause()) {
    count_faults();
    hand_on(*std::move(frame));
    return Then::read_on;
  }
  if (decoder_.is_between()) return core_->is_draining ? Then::read_on : Then::end_kindly;
  ++core_->cut;
  core_->cut_metric.add();
  return Then::cut;
}

Task<MllpConnection::Then> MllpConnection::hand_on_all(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!co_await wait_for_room()) co_return Then::cut;
    std::optional<MllpFrame> frame = decoder_.take(bytes);
    count_faults();  // before whoever is handed it may look
    if (frame) hand_on(*std::move(frame));
    hold_partial();
  }
  if (decoder_.garbage_bytes() <= core_->options.garbage_bytes) co_return Then::read_on;
  ++core_->cut;
  core_->cut_metric.add();
  log_warning("mllp peer sends no frames", {{"feed", core_->options.name}, {"connection", peer_.connection}});
  co_return Then::cut;
}

void MllpConnection::hold_partial() {
  const std::uint64_t now = decoder_.held_bytes();
  if (now > partial_) core_->hold(now - partial_);
  if (now < partial_) core_->give_back(partial_ - now);
  partial_ = now;
}

void MllpConnection::count_faults() {
  const auto& counts = decoder_.counts();
  for (std::size_t i = 0; i < kMllpFaults; ++i) {
    if (counts[i] == counted_[i]) continue;
    core_->faults[i] += counts[i] - counted_[i];
    core_->fault_metrics[i]->add(counts[i] - counted_[i]);
  }
  counted_ = counts;
}

bool MllpConnection::has_own_room() {
  const std::lock_guard lock(mutex_);
  const bool has_room = pending_.size() < core_->options.unanswered_messages && held_ < core_->options.unanswered_bytes;
  reader_waits_ = !has_room;
  return has_room;
}

Task<bool> MllpConnection::wait_for_room() {
  bool counted = false;
  // A frame that is not yet whole holds memory that others may wait for.
  const Deadline deadline = decoder_.is_between() ? Deadline{} : Deadline::after_milliseconds(core_->options.stall_ms);
  while (!is_cut_) {
    if (core_->is_draining && decoder_.is_between()) co_return true;
    if (!core_->is_paused && has_own_room() && core_->has_room_or_wake(reader_)) co_return true;
    if (!std::exchange(counted, true)) ++core_->pauses;
    if (!co_await reader_->wait(deadline)) {
      ++core_->cut;
      core_->cut_metric.add();
      co_return false;
    }
  }
  co_return false;
}

bool MllpConnection::owes_nothing() {
  const std::lock_guard lock(mutex_);
  reader_waits_ = true;
  return pending_.empty() && to_write_.empty() && !is_writing_;
}

Task<void> MllpConnection::wait_for_answers() {
  const Deadline deadline = Deadline::after_milliseconds(core_->options.answer_ms);
  while (!is_cut_ && !owes_nothing()) {
    if (!co_await reader_->wait(deadline)) co_return;
  }
}

void MllpConnection::hand_on(MllpFrame frame) {
  // Some peers send empty frames to see whether the connection lives.
  if (frame.content.empty()) return;
  const std::uint64_t bytes = frame.content.size() + kOverhead;
  ++core_->messages;
  core_->bytes += frame.content.size();
  core_->messages_metric.add();
  core_->bytes_metric.add(frame.content.size());
  core_->hold(bytes);
  const std::uint64_t sequence = ++messages_;
  {
    const std::lock_guard lock(mutex_);
    pending_.emplace(sequence, Pending{bytes, steady_nanoseconds(), {}, false});
    held_ += bytes;
  }
  core_->handler({std::move(frame), core_->clock.now(), sequence}, {shared_from_this(), sequence});
}

void MllpConnection::answer(std::uint64_t sequence, std::string content) {
  Result<std::string> framed = mllp_frame(content);
  if (!framed) {
    log_error("mllp answer cannot be framed", {{"feed", core_->options.name}});
    return give_up(sequence);
  }
  settle(sequence, *std::move(framed));
}

void MllpConnection::skip(std::uint64_t sequence) {
  settle(sequence, {});
}

void MllpConnection::settle(std::uint64_t sequence, std::string framed) {
  std::uint64_t released = 0;
  {
    const std::lock_guard lock(mutex_);
    const auto at = pending_.find(sequence);
    if (has_gone_ || at == pending_.end()) return;
    core_->answer_seconds.observe(static_cast<double>(steady_nanoseconds() - at->second.began) / 1e9);
    held_ += framed.size();
    core_->hold(framed.size());
    at->second.framed = std::move(framed);
    at->second.is_given = true;
    while (!pending_.empty() && pending_.begin()->second.is_given) {
      Pending& first = pending_.begin()->second;
      to_write_ += first.framed;
      released += first.bytes;
      if (!first.framed.empty()) ++core_->answers;
      pending_.erase(pending_.begin());
    }
    held_ -= released;
    if (!to_write_.empty()) writer_->notify();
    if (released > 0) wake_reader_locked();
  }
  core_->give_back(released);
}

void MllpConnection::wake_reader_locked() {
  if (reader_waits_) reader_->notify();
}

void MllpConnection::give_up(std::uint64_t /*sequence*/) {
  const std::lock_guard lock(mutex_);
  if (has_gone_) return;
  reader_->loop().post([self = shared_from_this()] {
    if (self->is_ending_) return;
    ++self->core_->cut;
    self->core_->cut_metric.add();
    self->cut();
  });
}

bool MllpConnection::send(std::string content) {
  const Result<std::string> framed = mllp_frame(content);
  if (!framed) return false;
  const std::lock_guard lock(mutex_);
  if (has_gone_ || held_ >= core_->options.unanswered_bytes) return false;
  held_ += framed->size();
  core_->hold(framed->size());
  to_write_ += *framed;
  writer_->notify();
  return true;
}

Task<void> MllpConnection::write_answers() {
  while (!is_ending_ && !is_cut_) {
    std::string bytes;
    {
      const std::lock_guard lock(mutex_);
      bytes.swap(to_write_);
      is_writing_ = !bytes.empty();
    }
    if (bytes.empty()) {
      co_await writer_->wait(Deadline{});
      continue;
    }
    const bool written = co_await write_whole(bytes);
    std::uint64_t released = 0;
    {
      const std::lock_guard lock(mutex_);
      is_writing_ = false;
      if (!has_gone_) released = bytes.size();
      held_ -= released;
      wake_reader_locked();
    }
    core_->give_back(released);
    if (!written && !is_ending_ && !is_cut_) cut();
  }
  is_writer_done_ = true;
  reader_->notify();
}

Task<bool> MllpConnection::write_whole(std::string_view bytes) {
  while (!bytes.empty() && !is_cut_ && !is_ending_) {
    write_deadline_ = Deadline::after_milliseconds(core_->options.stall_ms);
    IoResult written{0, IoStatus::timed_out};
    while (true) {
      set_deadline();
      written = co_await stream_->write_some(bytes);
      if (written || is_cut_ || written.status == IoStatus::failed || write_deadline_.has_passed()) break;
    }
    write_deadline_ = Deadline{};
    if (!written) {
      if (!is_cut_ && written.status != IoStatus::failed) {
        ++core_->cut;
        core_->cut_metric.add();
        log_warning("mllp peer does not read", {{"feed", core_->options.name}, {"connection", peer_.connection}});
      }
      co_return false;
    }
    bytes.remove_prefix(written.bytes);
  }
  set_deadline();
  co_return bytes.empty();
}

namespace {

Task<void> serve_connection(std::shared_ptr<MllpCore> core, net::Stream& stream, std::uint64_t number) {
  const auto connection = std::make_shared<MllpConnection>(std::move(core), stream, number);
  co_await connection->serve();
}

}  // namespace

Task<void> serve_mllp(std::shared_ptr<MllpCore> core, std::unique_ptr<net::Stream> stream, std::uint64_t number) {
  return serve_peer(core, std::move(stream), "mllp peer refused", "feed",
                    [core, number](net::Stream& talked) { return serve_connection(core, talked, number); });
}

}  // namespace meridian::connect::internal
