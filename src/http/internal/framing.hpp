// Framing: how long a message is, and why one is refused. Shared by the parsers of requests and responses.
// https://www.rfc-editor.org/rfc/rfc9112#section-6
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "http/headers.hpp"

namespace meridian::http::internal {

/// Why a message is refused: the status to answer, a stable name for the log, a sentence for the peer.
struct Refusal {
  int status = 0;
  std::string_view name;
  std::string_view detail;
  explicit operator bool() const { return status != 0; }
  bool operator==(const Refusal&) const = default;
};

enum class BodyKind : std::uint8_t { none, length, chunked, until_close };

struct BodyFraming {
  BodyKind kind = BodyKind::none;
  std::uint64_t length = 0;  ///< of BodyKind::length
  bool operator==(const BodyFraming&) const = default;
};

/// Digits only, no sign, space or list, below 2^63.
std::optional<std::uint64_t> parse_length(std::string_view text);

/// Reads field lines (each ended by CRLF) into `headers`. Refuses obs-fold, space before the colon, controls.
Refusal parse_field_lines(std::string_view lines, std::uint32_t max_fields, Headers& headers);

/// What Content-Length and Transfer-Encoding together say, for HTTP/1.`minor`; none when neither is there.
Refusal parse_framing(const Headers& headers, int minor, BodyFraming& framing);

/// Finds the end of a head in bytes that come piece by piece.
class HeadScanner {
 public:
  enum class Found : std::uint8_t { not_yet, complete, bare_line_feed, too_large };
  explicit HeadScanner(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// Looks at `bytes`, which holds all that came since the head began, and remembers how far it has looked.
  Found scan(std::string_view bytes);
  /// Of a complete head, the empty line included.
  std::size_t size() const { return looked_; }
  void reset() { looked_ = 0; }

 private:
  std::size_t max_bytes_;
  std::size_t looked_ = 0;
};

}  // namespace meridian::http::internal
