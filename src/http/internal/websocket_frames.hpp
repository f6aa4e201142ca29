// WebSocket frames: bytes to messages and back, without sockets.
//
//   frame = FIN RSV(3) opcode(4) | MASK length(7) | [ length16 | length64 ] | [ mask(4) ] | payload
//
// https://www.rfc-editor.org/rfc/rfc6455#section-5.2
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/websocket.hpp"

namespace meridian::http::internal {

enum class Opcode : std::uint8_t { continuation = 0, text = 1, binary = 2, close = 8, ping = 9, pong = 10 };

/// Whether the message's payload is compressed (RFC 7692), which the first reserved bit of its first frame says.
enum class Packing : std::uint8_t { plain, deflated };

void append_frame(std::string& out, Opcode opcode, std::string_view payload,
                  std::optional<std::uint32_t> mask = std::nullopt, Packing packing = Packing::plain);
/// A close frame's payload.
std::string close_payload(CloseCode code, std::string_view reason);

/// Puts frames together to messages; control frames may stand between the frames of one.
class MessageReader {
 public:
  enum class Side : std::uint8_t { server, client };  ///< a server demands masks, a client refuses them
  /// `most` is what may come: plain messages only, or, where that was agreed, deflated ones too. Both count against
  /// `max_message_bytes`, a deflated one as it comes and as it grows.
  MessageReader(Side side, std::size_t max_message_bytes, Packing most = Packing::plain)
      : side_(side), max_bytes_(max_message_bytes), most_(most) {}

  struct Event {
    Opcode opcode = Opcode::text;  ///< text, binary, close, ping or pong
    std::string payload;
    CloseCode code = CloseCode::none_given;  ///< of close
  };

  /// Takes bytes from the front of `in`; an event when one is complete, nothing when more bytes are needed or
  /// the peer has broken the protocol: then `fault()` says how, and no more is read.
  std::optional<Event> read(std::string_view& in);
  std::optional<CloseCode> fault() const { return fault_; }

 private:
  std::optional<Event> break_with(CloseCode code);
  bool take_header(std::string_view& in);
  std::optional<Event> finish_frame();
  std::optional<Event> finish_message();

  const Side side_;
  const std::size_t max_bytes_;
  const Packing most_;
  std::optional<CloseCode> fault_;

  std::string header_;  // of the frame at hand, while it is incomplete
  bool in_payload_ = false;
  bool final_ = false;
  Opcode opcode_ = Opcode::text;
  std::uint64_t left_ = 0;
  std::uint32_t mask_ = 0;
  bool masked_ = false;
  std::size_t mask_at_ = 0;

  std::string control_;
  std::string message_;
  std::optional<Opcode> message_kind_;  // set while a message is under way
  bool deflated_ = false;               // that message
};

}  // namespace meridian::http::internal
