#include "http/internal/chunk_decoder.hpp"

#include <algorithm>

namespace meridian::http::internal {
namespace {

constexpr std::uint32_t kMaxOverhead = 16 * 1024;
constexpr std::uint32_t kMaxDigits = 15;  // 2^60 bytes: more cannot be meant, and nothing overflows
constexpr Refusal kMalformed{400, "malformed-chunk", "The chunked body is malformed."};
constexpr Refusal kTooMuch{400, "chunk-overhead", "The chunked body has too many extension or trailer bytes."};

constexpr int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Refusal ChunkDecoder::decode(std::string_view& in, std::string& out, std::size_t out_limit) {
  while (!in.empty() && state_ != State::complete) {
    if (state_ == State::data) {
      const std::size_t room = out_limit > out.size() ? out_limit - out.size() : 0;
      const std::size_t piece = std::min({in.size(), room, static_cast<std::size_t>(left_)});
      if (piece == 0) return {};
      out.append(in.substr(0, piece));
      in.remove_prefix(piece);
      left_ -= piece;
      if (left_ == 0) state_ = State::data_return;
      continue;
    }
    const char c = in.front();
    in.remove_prefix(1);
    if (const Refusal refusal = step(c)) return refusal;
  }
  return {};
}

Refusal ChunkDecoder::step(char c) {
  switch (state_) {
    case State::size:
      left_ = 0;
      digits_ = 0;
      if (hex_value(c) < 0) return kMalformed;
      state_ = State::size_more;
      [[fallthrough]];
    case State::size_more:
      if (const int value = hex_value(c); value >= 0) {
        if (++digits_ > kMaxDigits) return kMalformed;
        left_ = left_ * 16 + static_cast<std::uint64_t>(value);
        return {};
      }
      [[fallthrough]];
    case State::space:
      // Bad whitespace is allowed before an extension only, never before the line's end.
      if (c == ' ' || c == '\t') {
        state_ = State::space;
        return ++overhead_ > kMaxOverhead ? kTooMuch : Refusal{};
      }
      if (c == ';') {
        state_ = State::extension;
        return {};
      }
      if (c != '\r' || state_ == State::space) return kMalformed;
      state_ = State::size_feed;
      return {};
    case State::extension:
      if (++overhead_ > kMaxOverhead) return kTooMuch;
      if (c == '\r') {
        state_ = State::size_feed;
        return {};
      }
      return is_field_value({&c, 1}) ? Refusal{} : kMalformed;
    case State::size_feed:
      if (c != '\n') return kMalformed;
      state_ = left_ == 0 ? State::trailer : State::data;
      return {};
    case State::data_return:
      if (c != '\r') return kMalformed;
      state_ = State::data_feed;
      return {};
    case State::data_feed:
      if (c != '\n') return kMalformed;
      state_ = State::size;
      return {};
    case State::trailer:
      return trailer_step(c);
    case State::data:
    case State::complete:
      break;
  }
  return {};
}

// Section 7.1.2: trailers are read as fields are, and dropped: none of them may change how the request is taken.
Refusal ChunkDecoder::trailer_step(char c) {
  if (++overhead_ > kMaxOverhead) return kTooMuch;
  trailer_line_ += c;
  if (c != '\n') return {};
  if (trailer_line_ == "\r\n") {
    state_ = State::complete;
    return {};
  }
  if (!trailer_line_.ends_with("\r\n")) return kMalformed;
  Headers ignored;
  const Refusal refusal = parse_field_lines(trailer_line_, 1, ignored);
  trailer_line_.clear();
  return refusal ? kMalformed : Refusal{};
}

}  // namespace meridian::http::internal
