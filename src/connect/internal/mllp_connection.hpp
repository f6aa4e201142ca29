// MllpConnection: one peer: a coroutine that reads frames and hands them on, another that writes answers in order.
//
// What belongs to the loop (stream, decoder) is touched there alone; what responders on other threads reach (the queue
// of answers) is behind a mutex, and stays when the connection has ended, so that a late answer reaches nobody.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "connect/internal/mllp_core.hpp"
#include "connect/mllp_server.hpp"
#include "net/signal.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"

namespace meridian::connect::internal {

class MllpConnection final : public MllpResponder::Target,
                             public MllpLine,
                             public std::enable_shared_from_this<MllpConnection> {
 public:
  MllpConnection(std::shared_ptr<MllpCore> core, net::Stream& stream, std::uint64_t number);
  ~MllpConnection() override;
  MllpConnection(const MllpConnection&) = delete;
  MllpConnection& operator=(const MllpConnection&) = delete;

  /// Until the peer has gone or is sent away.
  net::Task<void> serve();

  // On the loop:
  void drain();
  void cut();
  void wake() { reader_->notify(); }

  // From any thread:
  void answer(std::uint64_t sequence, std::string content) override;
  void skip(std::uint64_t sequence) override;
  void give_up(std::uint64_t sequence) override;
  std::shared_ptr<MllpLine> line() override { return shared_from_this(); }
  const MllpPeer& peer() const override { return peer_; }
  bool send(std::string content) override;

 private:
  enum class Then : std::uint8_t { read_on, end_kindly, cut };

  net::Task<Then> read_once();
  net::Task<Then> hand_on_all(std::string_view bytes);
  net::Task<bool> wait_for_room();
  net::Task<void> wait_for_answers();
  net::Task<void> write_answers();
  net::Task<bool> write_whole(std::string_view bytes);
  Then after_failed_read(net::IoStatus status);
  void hand_on(MllpFrame frame);
  void count_faults();
  void hold_partial();
  bool has_own_room();
  bool owes_nothing();
  void settle(std::uint64_t sequence, std::string framed);
  void wake_reader_locked();
  void set_deadline();
  void end();

  const std::shared_ptr<MllpCore> core_;
  const std::shared_ptr<net::Signal> reader_;
  const std::shared_ptr<net::Signal> writer_;
  MllpPeer peer_;

  // On the loop:
  net::Stream* stream_;
  MllpDecoder decoder_;
  std::array<std::uint64_t, kMllpFaults> counted_{};
  std::uint64_t messages_ = 0;
  std::uint64_t partial_ = 0;  // bytes of a frame not yet whole, as the core's budget knows them
  Deadline read_deadline_;
  Deadline write_deadline_;
  std::int64_t frame_began_ = 0;
  bool is_reading_ = false;  // waits for the stream
  bool is_cut_ = false;
  bool is_ending_ = false;  // nothing more will be written
  bool is_writer_done_ = false;

  struct Pending {
    std::uint64_t bytes;  // of the message
    std::int64_t began;   // steady nanoseconds
    std::string framed;   // the answer
    bool is_given;        // by the handler
  };
  std::mutex mutex_;
  std::map<std::uint64_t, Pending> pending_;  // unanswered, or answered before an earlier one
  std::string to_write_;
  std::uint64_t held_ = 0;  // bytes of these, and of what is being written
  bool is_writing_ = false;
  bool reader_waits_ = false;
  bool has_gone_ = false;
};

/// Takes a connection from the accepted socket to its end: handshake, messages, bookkeeping.
net::Task<void> serve_mllp(std::shared_ptr<MllpCore> core, std::unique_ptr<net::Stream> stream, std::uint64_t number);

}  // namespace meridian::connect::internal
