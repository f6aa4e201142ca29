// Reading a request's body: framing, pace, bounds, and handing it on.
#include "http/compression.hpp"
#include "http/executor.hpp"
#include "http/internal/connection.hpp"

namespace meridian::http::internal {

using net::IoResult;
using net::IoStatus;
using net::Task;

namespace {

constexpr std::size_t kBodyRoom = 32 * 1024;
constexpr std::size_t kPiece = 64 * 1024;  // what a sink is given at most at once
constexpr std::size_t kDiscard = 256 * 1024;
constexpr Refusal kTooLarge{413, "body-too-large", "The body is larger than this path allows."};
constexpr Refusal kGone{400, "body-cut", "The body ended too soon."};

Refusal refusal_of(const Error& error) {
  if (error.code() == ErrorCode::too_large) return {413, "body-grows", "The body is too large when decompressed."};
  return {400, "malformed-coding", "The body's Content-Encoding is broken."};
}

}  // namespace

bool Connection::is_body_complete() const {
  switch (framing_.kind) {
    case BodyKind::length:
      return body_left_ == 0;
    case BodyKind::chunked:
      return chunks_.is_complete();
    case BodyKind::none:
    case BodyKind::until_close:
      break;
  }
  return true;
}

// On average and after some patience: a body that trickles holds memory and a place for as long as it likes.
Refusal Connection::check_pace() const {
  const std::int64_t elapsed_ms = (steady_nanoseconds() - body_began_) / 1'000'000;
  if (elapsed_ms <= options_.times.stall_ms) return {};
  const std::uint64_t due = options_.times.body_bytes_per_second * static_cast<std::uint64_t>(elapsed_ms) / 1000;
  if (body_came_ >= due) return {};
  return {408, "body-too-slow", "The body came too slowly."};
}

Task<Refusal> Connection::read_body_some(std::string& out, std::size_t limit) {
  if (body_began_ == 0) body_began_ = steady_nanoseconds();
  const std::size_t had = out.size();
  while (!is_body_complete() && out.size() == had && out.size() < limit) {
    if (in_.empty()) {
      if (must_continue_) {
        // RFC 9110 section 10.1.1: only now that the body is really wanted.
        must_continue_ = false;
        if (!co_await write_paced("HTTP/1.1 100 Continue\r\n\r\n")) co_return kGone;
      }
      stream_->set_deadline(Deadline::after_milliseconds(options_.times.stall_ms));
      char* room = in_.room(kBodyRoom);
      const IoResult got = co_await stream_->read_some(room, in_.room_size());
      if (got.status == IoStatus::timed_out) {
        ++core_->timeouts;
        stream_->set_deadline(Deadline{});
        co_return Refusal{408, "body-stalled", "The body stopped coming."};
      }
      if (!got) co_return kGone;
      in_.came(got.bytes);
    }
    must_continue_ = false;  // a body that comes unasked needs no asking
    const std::size_t before = in_.size();
    if (framing_.kind == BodyKind::length) {
      const std::size_t room = limit - out.size();
      const std::size_t piece = std::min({in_.size(), room, static_cast<std::size_t>(body_left_)});
      out.append(in_.view().substr(0, piece));
      in_.used(piece);
      body_left_ -= piece;
    } else {
      std::string_view rest = in_.view();
      const Refusal refusal = chunks_.decode(rest, out, limit);
      in_.used(before - rest.size());
      if (refusal) co_return refusal;
    }
    body_came_ += before - in_.size();
    if (const Refusal slow = check_pace()) {
      ++core_->timeouts;
      co_return slow;
    }
  }
  co_return Refusal{};
}

Task<Refusal> Connection::read_whole_body(const Route& route) {
  const std::uint64_t limit = route.body_limit != 0 ? route.body_limit : options_.limits.body_bytes;
  if (framing_.kind == BodyKind::length && framing_.length > limit) co_return kTooLarge;
  // A length that is claimed is believed only as far as it is cheap to be wrong.
  if (framing_.kind == BodyKind::length) request_.body.reserve(std::min<std::uint64_t>(framing_.length, kPiece * 16));
  while (!is_body_complete()) {
    const std::size_t had = request_.body.size();
    if (had > limit) co_return kTooLarge;
    const Refusal refusal = co_await read_body_some(request_.body, limit + 1);
    if (refusal) co_return refusal;
    const std::uint64_t more = request_.body.size() - had;
    budgeted_ += more;
    const std::uint64_t all = core_->buffered_body_bytes += more;
    if (all > options_.limits.all_bodies_bytes) {
      co_return Refusal{503, "bodies-too-large", "The server is reading too many bodies at once; repeat later."};
    }
  }
  if (request_.body.size() > limit) co_return kTooLarge;
  co_return Refusal{};
}

Task<Refusal> Connection::discard_body() {
  if (is_body_complete()) co_return Refusal{};
  if (must_continue_ || (framing_.kind == BodyKind::length && framing_.length > kDiscard)) {
    // Whether a client that waits for 100 will send its body or the next request cannot be known.
    unread_ = true;
    co_return kTooLarge;
  }
  std::string dropped;
  std::size_t total = 0;
  while (!is_body_complete()) {
    const Refusal refusal = co_await read_body_some(dropped, kPiece);
    total += dropped.size();
    dropped.clear();
    if (refusal || total > kDiscard) {
      unread_ = true;
      co_return refusal ? refusal : kTooLarge;
    }
  }
  co_return Refusal{};
}

// Reads piece by piece into the route's sink; the next piece is read only when the sink has taken the last.
Task<Refusal> Connection::upload(const Route& route, std::shared_ptr<Exchange> exchange) {
  const std::uint64_t limit = route.body_limit != 0 ? route.body_limit : options_.limits.upload_bytes;
  if (framing_.kind == BodyKind::length && framing_.length > limit) co_return kTooLarge;
  const std::optional<Coding> coding = coding_named(request_.headers.get("Content-Encoding"));
  const std::unique_ptr<Decompressor> decompressor =
      make_decompressor(coding.value_or(Coding::identity), limit, options_.limits.compression_ratio);

  std::unique_ptr<BodySink> sink;
  bool refused = false;
  Responder responder(exchange);
  const auto begin = [&] {
    Result<std::unique_ptr<BodySink>> made = route.upload(std::move(request_), std::move(responder));
    if (made) {
      sink = *std::move(made);
    } else {
      exchange->send(Response::problem(made.error()));
      refused = true;
    }
  };
  Request kept = kept_of(request_);
  if (!co_await on_pool(begin)) co_return Refusal{503, "pool-full", "The server is busy; repeat later."};
  request_ = std::move(kept);
  if (refused || !sink) co_return Refusal{};

  std::string piece;
  std::string plain;
  Result<Flow> flow = Flow::more;
  const Waker waker(exchange);
  while (!is_body_complete()) {
    piece.clear();
    const Refusal refusal = co_await read_body_some(piece, kPiece);
    if (refusal) co_return refusal;
    Refusal broken;
    const auto write = [&] {
      plain.clear();
      if (Result<> done = decompressor->write(piece, plain); !done) {
        broken = refusal_of(done.error());
      } else if (!plain.empty()) {
        flow = sink->write(plain, waker);
      }
    };
    if (!piece.empty() && !co_await on_pool(write))
      co_return Refusal{503, "pool-full", "The server is busy; repeat later."};
    if (broken) co_return broken;
    if (!flow) {
      exchange->send(Response::problem(flow.error()));
      co_return Refusal{};
    }
    while (*flow == Flow::wait) {
      const bool woken = co_await exchange->signal().wait(Deadline::after_milliseconds(1000));
      if (cut_ || (!woken && stream_->peer_has_gone())) co_return kGone;
      if (woken) flow = Flow::more;
    }
  }
  Refusal broken;
  const auto finish = [&] {
    if (Result<> done = decompressor->finish(); !done) {
      broken = refusal_of(done.error());
    } else {
      sink->finish();
    }
    sink.reset();
  };
  if (!co_await on_pool(finish)) co_return Refusal{503, "pool-full", "The server is busy; repeat later."};
  co_return broken;
}

}  // namespace meridian::http::internal
