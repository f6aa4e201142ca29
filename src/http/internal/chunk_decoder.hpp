// ChunkDecoder: takes chunked transfer coding apart, byte by byte where it matters.
//
//   chunked-body = *( size [ chunk-ext ] CRLF data CRLF ) 1*"0" [ chunk-ext ] CRLF *( field-line CRLF ) CRLF
//
// Extensions are skipped and trailers checked and dropped; both count against bounds over the whole body.
// https://www.rfc-editor.org/rfc/rfc9112#section-7.1
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "http/internal/framing.hpp"

namespace meridian::http::internal {

class ChunkDecoder {
 public:
  /// Takes bytes from the front of `in` and appends data to `out`, until `in` is empty, the body is complete, or
  /// `out` holds `out_limit` bytes. What follows the body stays in `in`.
  Refusal decode(std::string_view& in, std::string& out, std::size_t out_limit);
  bool is_complete() const { return state_ == State::complete; }
  void reset() { *this = ChunkDecoder(); }

 private:
  enum class State : std::uint8_t {
    size,
    size_more,
    space,
    extension,
    size_feed,
    data,
    data_return,
    data_feed,
    trailer,
    complete
  };
  Refusal step(char c);
  Refusal trailer_step(char c);

  State state_ = State::size;
  std::uint64_t left_ = 0;      // of the chunk
  std::uint32_t digits_ = 0;    // of its size
  std::uint32_t overhead_ = 0;  // bytes of extensions and trailers so far
  std::string trailer_line_;
};

}  // namespace meridian::http::internal
