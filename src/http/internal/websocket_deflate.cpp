#include "http/internal/websocket_deflate.hpp"

#include <zlib.h>

#include <algorithm>

#include "base/trim.hpp"
#include "http/headers.hpp"

namespace meridian::http::internal {
namespace {

constexpr int kLevel = 5;
constexpr std::size_t kPiece = 16 * 1024;
// What ends each message's last block, and is left out on the wire (section 7.2.1).
constexpr std::string_view kTail("\x00\x00\xff\xff", 4);

std::string_view take_until(std::string_view& text, char end) {
  const std::size_t at = text.find(end);
  const std::string_view taken = without_blanks(text.substr(0, at));
  text.remove_prefix(at == std::string_view::npos ? text.size() : at + 1);
  return taken;
}

// "8" to "15"; quotes are allowed around it. Nothing for another.
std::optional<int> window_bits(std::string_view value) {
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
  if (value.size() == 1 && (value[0] == '8' || value[0] == '9')) return value[0] - '0';
  if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5') return 10 + (value[1] - '0');
  return std::nullopt;
}

// Section 7.1: an offer with a parameter that is unknown, doubled or malformed is declined.
std::optional<DeflateTerms> agree(std::string_view offer) {
  if (!equals_ignoring_case(take_until(offer, ';'), "permessage-deflate")) return std::nullopt;
  DeflateTerms terms;
  std::string seen;
  while (!offer.empty()) {
    std::string_view value = take_until(offer, ';');
    const bool has_value = value.find('=') != std::string_view::npos;
    const std::string_view name = take_until(value, '=');
    if (list_contains(seen, name)) return std::nullopt;
    seen.append(name).append(",");
    if (name == "server_no_context_takeover" || name == "client_no_context_takeover") {
      if (has_value) return std::nullopt;
    } else if (name == "client_max_window_bits") {
      if (has_value && !window_bits(value)) return std::nullopt;
    } else if (name == "server_max_window_bits") {
      const std::optional<int> bits = window_bits(value);
      // The smallest window is one that zlib cannot make.
      if (!bits || *bits == 8) return std::nullopt;
      terms.server_bits = *bits;
      terms.names_bits = true;
    } else {
      return std::nullopt;
    }
  }
  return terms;
}

}  // namespace

std::string DeflateTerms::to_text() const {
  std::string text = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (names_bits) text += "; server_max_window_bits=" + std::to_string(server_bits);
  return text;
}

std::optional<DeflateTerms> negotiate_deflate(std::string_view offers) {
  while (!offers.empty()) {
    if (std::optional<DeflateTerms> terms = agree(take_until(offers, ','))) return terms;
  }
  return std::nullopt;
}

std::string deflate_message(std::string_view message, int bits) {
  z_stream stream{};
  deflateInit2(&stream, kLevel, Z_DEFLATED, -bits, 8, Z_DEFAULT_STRATEGY);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
  stream.avail_in = static_cast<uInt>(message.size());
  std::string out;
  do {
    const std::size_t had = out.size();
    out.resize(had + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
    stream.avail_out = kPiece;
    deflate(&stream, Z_SYNC_FLUSH);
    out.resize(had + kPiece - stream.avail_out);
  } while (stream.avail_out == 0);
  deflateEnd(&stream);
  if (out.ends_with(kTail)) out.resize(out.size() - kTail.size());
  return out;
}

Inflated inflate_message(std::string_view payload, std::size_t most, std::string& out) {
  z_stream stream{};
  inflateInit2(&stream, -15);
  out.clear();
  Inflated result = Inflated::ok;
  for (const std::string_view piece : {payload, kTail}) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));
    stream.avail_in = static_cast<uInt>(piece.size());
    bool full = false;
    while (result == Inflated::ok && (stream.avail_in > 0 || full)) {
      const std::size_t had = out.size();
      // One byte more than allowed, so that what is too large is seen to be.
      const std::size_t room = std::min(kPiece, most + 1 - had);
      out.resize(had + room);
      stream.next_out = reinterpret_cast<Bytef*>(out.data() + had);
      stream.avail_out = static_cast<uInt>(room);
      const int status = inflate(&stream, Z_SYNC_FLUSH);
      out.resize(had + room - stream.avail_out);
      full = stream.avail_out == 0;
      if (out.size() > most) {
        result = Inflated::too_large;
      } else if (status == Z_STREAM_END) {
        inflateReset(&stream);  // a last block may be followed by others (section 7.2.3.4)
        full = false;
      } else if (status == Z_BUF_ERROR) {
        break;
      } else if (status != Z_OK) {
        result = Inflated::malformed;
      }
    }
  }
  // 128: between two blocks. A message that ends inside one has been cut.
  if (result == Inflated::ok && (stream.data_type & 128) == 0) result = Inflated::malformed;
  inflateEnd(&stream);
  return result;
}

}  // namespace meridian::http::internal
