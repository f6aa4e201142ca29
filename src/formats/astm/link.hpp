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
// told of it. So is what a sender gave up, but as broken off, for people and not for the record: EOT or ENQ within a
// frame or a record or behind a NAK, ENQ within a message. Nothing else is done with the text: message.hpp. Pure; one
// thread at a time. Bounds: LinkLimits.
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
  bool is_broken_off = false;          ///< of the message: only what came of it whole, and it may come again
};

struct LinkCounts {
  std::uint64_t frames = 0;
  std::uint64_t damaged = 0;   ///< checksum, number or form
  std::uint64_t repeated = 0;  ///< frames that came again
  std::uint64_t too_large = 0;
  std::uint64_t broken_off = 0;  ///< messages
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
  LinkEvent finish(Phase next, std::string reply);

  const LinkLimits limits_;
  LinkCounts counts_;
  Phase phase_ = Phase::idle;
  std::string frame_;            // number, text, ETB or ETX
  std::string tail_;             // checksum, CR LF
  std::string text_;             // of the message so far
  char expected_ = '1';          // the number of the next frame
  bool is_record_open_ = false;  // the last frame ended by ETB
  char open_kind_ = '\0';        // of that record: its first letter
  bool has_frame_ = false;       // of this message
  bool is_settled_ = true;
  bool is_refused_ = false;  // the last frame was answered by NAK
};

/// The two digits behind ETB or ETX: the sum of all from the number to it, modulo 256.
std::string checksum(std::string_view frame);
/// Frames of a message, with ENQ and EOT: for tests and for senders that wait for nothing.
std::string frames_of(std::string_view message, std::size_t most_text = 240);

}  // namespace meridian::astm
