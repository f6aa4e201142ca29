#include "http/internal/websocket_frames.hpp"

#include <algorithm>

#include "base/utf8.hpp"
#include "http/internal/websocket_deflate.hpp"

namespace meridian::http::internal {
namespace {

constexpr std::size_t kMaxControl = 125;

bool is_control(Opcode opcode) {
  return opcode >= Opcode::close;
}

// Section 7.4: those that may stand in a close frame.
bool may_be_sent(unsigned code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
}

}  // namespace

void append_frame(std::string& out, Opcode opcode, std::string_view payload, std::optional<std::uint32_t> mask,
                  Packing packing) {
  const auto byte = [&out](std::uint64_t value) { out += static_cast<char>(value & 0xff); };
  const unsigned mask_bit = mask ? 0x80 : 0;
  byte(0x80U | (packing == Packing::deflated ? 0x40U : 0U) | static_cast<unsigned>(opcode));
  if (payload.size() <= kMaxControl) {
    byte(mask_bit | payload.size());
  } else if (payload.size() <= 0xffff) {
    byte(mask_bit | 126U);
    byte(payload.size() >> 8);
    byte(payload.size());
  } else {
    byte(mask_bit | 127U);
    for (int shift = 56; shift >= 0; shift -= 8) byte(payload.size() >> shift);
  }
  if (!mask) {
    out.append(payload);
    return;
  }
  for (int shift = 24; shift >= 0; shift -= 8) byte(*mask >> shift);
  for (std::size_t i = 0; i < payload.size(); ++i) {
    out += static_cast<char>(static_cast<unsigned char>(payload[i]) ^ ((*mask >> (24 - 8 * (i % 4))) & 0xff));
  }
}

std::string close_payload(CloseCode code, std::string_view reason) {
  if (code == CloseCode::none_given) return {};
  const auto number = static_cast<unsigned>(code);
  std::string out{static_cast<char>(number >> 8), static_cast<char>(number & 0xff)};
  reason = reason.substr(0, kMaxControl - 2);
  while (!is_valid_utf8(reason)) reason.remove_suffix(1);
  out.append(reason);
  return out;
}

std::optional<MessageReader::Event> MessageReader::break_with(CloseCode code) {
  fault_ = code;
  return std::nullopt;
}

// True when the frame's header is complete and allowed.
bool MessageReader::take_header(std::string_view& in) {
  const auto take = [&](std::size_t size) {
    const std::size_t piece = std::min(in.size(), size - std::min(size, header_.size()));
    header_.append(in.substr(0, piece));
    in.remove_prefix(piece);
    return header_.size() >= size;
  };
  const auto at = [this](std::size_t i) { return static_cast<unsigned char>(header_[i]); };
  if (!take(2)) return false;
  masked_ = (at(1) & 0x80) != 0;
  const unsigned short_length = at(1) & 0x7f;
  const std::size_t length_bytes = short_length == 126 ? 2 : short_length == 127 ? 8 : 0;

  // Section 5.2: reserved bits and opcodes, and 5.1: who masks. Judged before any more is read.
  final_ = (at(0) & 0x80) != 0;
  const unsigned code = at(0) & 0x0f;
  opcode_ = static_cast<Opcode>(code);
  const bool known = code <= 2 || (code >= 8 && code <= 10);
  // RFC 7692 section 6: only the first frame of a message says that it is deflated.
  const bool may_deflate = most_ == Packing::deflated && (opcode_ == Opcode::text || opcode_ == Opcode::binary);
  if ((at(0) & (may_deflate ? 0x30 : 0x70)) != 0 || !known || masked_ != (side_ == Side::server)) {
    fault_ = CloseCode::protocol_error;
    return false;
  }
  // 5.5: control frames are short and whole. 5.4: a message begins once and goes on by continuation.
  const bool out_of_order = !is_control(opcode_) && ((opcode_ == Opcode::continuation) != message_kind_.has_value());
  if ((is_control(opcode_) && (!final_ || short_length > kMaxControl)) || out_of_order) {
    fault_ = CloseCode::protocol_error;
    return false;
  }

  if (!take(2 + length_bytes + (masked_ ? 4 : 0))) return false;
  left_ = length_bytes == 0 ? short_length : 0;
  for (std::size_t i = 0; i < length_bytes; ++i) left_ = (left_ << 8) | at(2 + i);
  const bool not_shortest = (length_bytes == 2 && left_ <= kMaxControl) || (length_bytes == 8 && left_ <= 0xffff);
  if (not_shortest || (length_bytes == 8 && (at(2) & 0x80) != 0)) {
    fault_ = CloseCode::protocol_error;
    return false;
  }
  if (!is_control(opcode_) && (left_ > max_bytes_ || message_.size() + left_ > max_bytes_)) {
    fault_ = CloseCode::too_big;
    return false;
  }
  mask_ = 0;
  if (masked_) {
    for (std::size_t i = 0; i < 4; ++i) mask_ = (mask_ << 8) | at(2 + length_bytes + i);
  }
  mask_at_ = 0;
  if (!is_control(opcode_) && opcode_ != Opcode::continuation) {
    message_kind_ = opcode_;
    deflated_ = (at(0) & 0x40) != 0;
  }
  return true;
}

std::optional<MessageReader::Event> MessageReader::finish_frame() {
  header_.clear();
  in_payload_ = false;
  if (is_control(opcode_)) {
    Event event{opcode_, std::move(control_), CloseCode::none_given};
    control_.clear();
    if (opcode_ != Opcode::close || event.payload.empty()) return event;
    if (event.payload.size() == 1) return break_with(CloseCode::protocol_error);
    const unsigned code = (static_cast<unsigned>(static_cast<unsigned char>(event.payload[0])) << 8) |
                          static_cast<unsigned char>(event.payload[1]);
    if (!may_be_sent(code)) return break_with(CloseCode::protocol_error);
    event.payload.erase(0, 2);
    if (!is_valid_utf8(event.payload)) return break_with(CloseCode::invalid_payload);
    event.code = static_cast<CloseCode>(code);
    return event;
  }
  return final_ ? finish_message() : std::nullopt;
}

std::optional<MessageReader::Event> MessageReader::finish_message() {
  Event event{*message_kind_, std::move(message_), CloseCode::none_given};
  message_.clear();
  message_kind_.reset();
  if (deflated_) {
    std::string plain;
    const Inflated inflated = inflate_message(event.payload, max_bytes_, plain);
    if (inflated == Inflated::too_large) return break_with(CloseCode::too_big);
    if (inflated == Inflated::malformed) return break_with(CloseCode::invalid_payload);
    event.payload = std::move(plain);
  }
  if (event.opcode == Opcode::text && !is_valid_utf8(event.payload)) return break_with(CloseCode::invalid_payload);
  return event;
}

std::optional<MessageReader::Event> MessageReader::read(std::string_view& in) {
  while (!fault_) {
    if (!in_payload_) {
      if (!take_header(in)) return std::nullopt;
      in_payload_ = true;
    }
    std::string& to = is_control(opcode_) ? control_ : message_;
    const std::size_t piece = std::min(in.size(), static_cast<std::size_t>(left_));
    const std::size_t had = to.size();
    to.append(in.substr(0, piece));
    in.remove_prefix(piece);
    left_ -= piece;
    if (masked_) {
      for (std::size_t i = had; i < to.size(); ++i, ++mask_at_) {
        to[i] = static_cast<char>(static_cast<unsigned char>(to[i]) ^ ((mask_ >> (24 - 8 * (mask_at_ % 4))) & 0xff));
      }
    }
    if (left_ > 0) return std::nullopt;
    if (std::optional<Event> event = finish_frame()) return event;
    if (in.empty()) return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace meridian::http::internal
