// LinkReceiver: the receiver's side of the link by which analysers send: ENQ, frames with a checksum, EOT.
//
//   LinkReceiver link(limits);
//   while (!bytes.empty()) {
//     LinkEvent event = link.take(bytes);                 // takes from the front
//     send(event.reply);                                  // ACK or NAK of a frame
//     if (event.message) send(link.settle(keep(*event.message)));   // the last frame's: once the message is safe
//   }
//
// A frame is STX, its number, text, ETB (more of the record follows) or ETX, a checksum, CR LF. One that is damaged or
// out of order is answered by NAK, one that comes again by ACK. The frame that ends the message (record L) is answered
// by settle(): NAK has the sender send it again. A message that ends by EOT without L is given as well; nobody can be
// told of it. Nothing else is done with the text: message.hpp. Pure; one thread at a time. Bounds: LinkLimits.
// Specification: CLSI LIS01-A2 (ASTM E1381), 6: data link layer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::astm {

struct LinkLimits {
  std::size_t frame_bytes = 64'000;
  std::size_t message_bytes = std::size_t{1} << 20;
};

struct LinkEvent {
  std::string reply;                   ///< to be sent at once; may be empty
  std::optional<std::string> message;  ///< records, each ended by CR
  bool is_terminated = false;          ///< the message waits for settle()
};

struct LinkCounts {
  std::uint64_t frames = 0;
  std::uint64_t damaged = 0;   ///< checksum, number or form
  std::uint64_t repeated = 0;  ///< frames that came again
  std::uint64_t too_large = 0;
};

class LinkReceiver {
 public:
  explicit LinkReceiver(LinkLimits limits = {}) : limits_(limits) {}

  /// Takes bytes from the front until there is something to say, or none are left.
  LinkEvent take(std::string_view& bytes);
  /// Of the message that was given last: whether it is safe. What is to be sent.
  std::string settle(bool is_safe);
  /// Whether nothing is half said: between two messages.
  bool is_idle() const { return phase_ == Phase::idle; }
  const LinkCounts& counts() const { return counts_; }
  std::size_t held_bytes() const { return frame_.size() + text_.size(); }

 private:
  enum class Phase : std::uint8_t { idle, between, frame, checksum };
  LinkEvent end_frame();
  LinkEvent damaged();
  LinkEvent finish();
  void begin();

  const LinkLimits limits_;
  LinkCounts counts_;
  Phase phase_ = Phase::idle;
  std::string frame_;            // number, text, ETB or ETX
  std::string tail_;             // checksum, CR LF
  std::string text_;             // of the message so far
  std::string waiting_;          // text of the last frame, until it is settled
  char expected_ = '1';          // the number of the next frame
  bool is_record_open_ = false;  // the last frame ended by ETB
  bool has_frame_ = false;       // of this message
  bool is_settled_ = true;
};

/// The two digits behind ETB or ETX: the sum of all from the number to it, modulo 256.
std::string checksum(std::string_view frame);
/// Frames of a message, with ENQ and EOT: for tests and for senders that wait for nothing.
std::string frames_of(std::string_view message, std::size_t most_text = 240);

}  // namespace meridian::astm
