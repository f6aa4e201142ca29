// WebSocket frames: what is read does not depend on how the bytes were cut, a plain model of RFC 6455 agrees with it,
// and what was read, written again, is read as the same. Deflated messages come back and stay within their bound.
//
// The input's first byte chooses where to cut, its lowest bit which side reads.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "http/internal/websocket_deflate.hpp"
#include "http/internal/websocket_frames.hpp"

namespace {

using meridian::is_valid_utf8;
using meridian::http::CloseCode;
using meridian::http::internal::append_frame;
using meridian::http::internal::close_payload;
using meridian::http::internal::deflate_message;
using meridian::http::internal::inflate_message;
using meridian::http::internal::Inflated;
using meridian::http::internal::MessageReader;
using meridian::http::internal::Opcode;

constexpr std::size_t kMost = 4096;

struct Read {
  std::vector<MessageReader::Event> events;
  std::optional<CloseCode> fault;
};

bool same(const Read& a, const Read& b) {
  const auto equal = [](const MessageReader::Event& x, const MessageReader::Event& y) {
    return x.opcode == y.opcode && x.payload == y.payload && x.code == y.code;
  };
  return a.fault == b.fault && std::equal(a.events.begin(), a.events.end(), b.events.begin(), b.events.end(), equal);
}

Read read(std::string_view bytes, MessageReader::Side side, std::size_t step) {
  MessageReader reader(side, kMost);
  Read read;
  for (std::size_t at = 0; at < bytes.size() && !reader.fault(); at += step) {
    std::string_view piece = bytes.substr(at, step);
    while (!piece.empty() && !reader.fault()) {
      if (std::optional<MessageReader::Event> event = reader.read(piece)) read.events.push_back(*std::move(event));
    }
  }
  read.fault = reader.fault();
  return read;
}

/// The standard's rules one after another over all of the bytes, with no thought for speed or pieces.
Read model(std::string_view in, bool masked) {
  Read read;
  std::string message;
  std::optional<Opcode> kind;
  const auto broken = [&](CloseCode code) {
    read.fault = code;
    return read;
  };
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(in[i])); };
  while (in.size() >= 2) {
    const unsigned code = byte(0) & 15;
    const bool final = (byte(0) & 128) != 0;
    const bool control = code >= 8;
    std::uint64_t length = byte(1) & 127;
    if ((byte(0) & 0x70) != 0 || (code > 2 && code < 8) || code > 10) return broken(CloseCode::protocol_error);
    if (((byte(1) & 128) != 0) != masked) return broken(CloseCode::protocol_error);
    if (control && (!final || length > 125)) return broken(CloseCode::protocol_error);
    if (!control && (code == 0) != kind.has_value()) return broken(CloseCode::protocol_error);
    const std::size_t wide = length == 126 ? 2 : length == 127 ? 8 : 0;
    const std::size_t head = 2 + wide + (masked ? 4 : 0);
    if (in.size() < head) return read;
    if (wide > 0) length = 0;
    for (std::size_t i = 0; i < wide; ++i) length = length * 256 + byte(2 + i);
    if ((wide == 2 && length < 126) || (wide == 8 && (length < 65536 || length >> 63 != 0))) {
      return broken(CloseCode::protocol_error);
    }
    if (!control && message.size() + length > kMost) return broken(CloseCode::too_big);
    if (!control && code != 0) kind = static_cast<Opcode>(code);
    if (in.size() - head < length) return read;
    std::string payload(in.substr(head, length));
    for (std::size_t i = 0; masked && i < payload.size(); ++i) payload[i] ^= in[2 + wide + i % 4];
    in.remove_prefix(head + length);
    if (control) {
      MessageReader::Event event{static_cast<Opcode>(code), payload, CloseCode::none_given};
      if (event.opcode == Opcode::close && !payload.empty()) {
        if (payload.size() == 1) return broken(CloseCode::protocol_error);
        const unsigned number = static_cast<unsigned char>(payload[0]) * 256U + static_cast<unsigned char>(payload[1]);
        const bool known = (number > 999 && number < 1004) || (number > 1006 && number < 1015);
        if (!known && (number < 3000 || number > 4999)) return broken(CloseCode::protocol_error);
        event.code = static_cast<CloseCode>(number);
        event.payload = payload.substr(2);
        if (!is_valid_utf8(event.payload)) return broken(CloseCode::invalid_payload);
      }
      read.events.push_back(std::move(event));
      continue;
    }
    message += payload;
    if (!final) continue;
    if (*kind == Opcode::text && !is_valid_utf8(message)) return broken(CloseCode::invalid_payload);
    read.events.push_back({*kind, message, CloseCode::none_given});
    message.clear();
    kind.reset();
  }
  return read;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 1 || size > 16 * 1024) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const bool masked = (data[0] & 1) != 0;
  const auto side = masked ? MessageReader::Side::server : MessageReader::Side::client;
  const Read whole = read(bytes, side, size);
  if (!same(whole, read(bytes, side, 1 + data[0] / 2U % 40))) std::abort();
  if (!same(whole, model(bytes, masked))) std::abort();

  std::string again;
  for (const MessageReader::Event& event : whole.events) {
    std::string payload = event.payload;
    if (event.opcode == Opcode::close) payload = close_payload(event.code, event.payload);
    append_frame(again, event.opcode, payload, masked ? std::optional<std::uint32_t>(0x9e3779b9) : std::nullopt);
  }
  Read reread = read(again, side, again.size() + 1);
  reread.fault = whole.fault;  // what broke the first was not written again
  if (!same(whole, reread)) std::abort();

  // permessage-deflate: whatever comes stays within its bound, and what goes out comes back.
  std::string grown;
  if (inflate_message(bytes, kMost, grown) == Inflated::ok && grown.size() > kMost) std::abort();
  const std::string deflated = deflate_message(bytes, 9 + data[0] % 7);
  if (inflate_message(deflated, bytes.size(), grown) != Inflated::ok || grown != bytes) std::abort();
  return 0;
}
