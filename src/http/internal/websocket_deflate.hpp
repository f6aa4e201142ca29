// permessage-deflate: compressed WebSocket messages, each compressed for itself.
//
// Neither side keeps its window from message to message ("no context takeover" is agreed both ways), so that a
// connection that is silent holds no compression memory; JSON of a kilobyte or more gains nearly as much without.
// What a message grows to is bounded while it grows.
// https://www.rfc-editor.org/rfc/rfc7692#section-7
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace meridian::http::internal {

/// What the server agrees to of one offer.
struct DeflateTerms {
  int server_bits = 15;         ///< of the window that the server compresses with
  bool names_bits = false;      ///< the client asked for a bound, so the answer repeats it
  std::string to_text() const;  ///< the value of Sec-WebSocket-Extensions
};

/// The first offer in the field's list that can be kept; nothing when there is none.
std::optional<DeflateTerms> negotiate_deflate(std::string_view offers);

/// The payload of a compressed message, made with a window of 2^bits bytes: 9 to 15.
std::string deflate_message(std::string_view message, int bits);

enum class Inflated : unsigned char { ok, too_large, malformed };
/// Undoes it, up to `most` bytes.
Inflated inflate_message(std::string_view payload, std::size_t most, std::string& out);

}  // namespace meridian::http::internal
