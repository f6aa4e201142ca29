// Running a request's handler and writing its response.
#include <charconv>
#include <exception>

#include "http/compression.hpp"
#include "http/executor.hpp"
#include "http/internal/answering.hpp"
#include "http/internal/connection.hpp"
#include "http/internal/spare_strings.hpp"

namespace meridian::http::internal {

using net::IoResult;
using net::IoStatus;
using net::Task;

namespace {

/// A body up to this size is copied behind its head: one plain send costs less than one of two pieces.
constexpr std::size_t kOnePiece = 4096;
constexpr std::size_t kHeadSize = 256;  // at least what a head needs

constexpr std::size_t kPullSize = 64 * 1024;
constexpr std::int64_t kLookMilliseconds = 200;  // how often a long wait looks whether the client is still there

// Undoes the request's Content-Encoding; on whichever thread the handler runs.
Result<> decode_body(Request& request, std::uint64_t limit, std::uint32_t ratio) {
  const std::string_view name = request.headers.get("Content-Encoding");
  if (name.empty() || request.body.empty()) return {};
  const Coding coding = coding_named(name).value_or(Coding::identity);
  if (coding == Coding::identity) return {};
  request.body = TRY(decompress(coding, request.body, limit, ratio));
  return {};
}

Response call(const Route& route, Request& request, const ServerOptions& options) {
  const TraceScope scope(request.trace);
  const std::uint64_t limit = route.body_limit != 0 ? route.body_limit : options.limits.body_bytes;
  if (Result<> decoded = decode_body(request, limit, options.limits.compression_ratio); !decoded) {
    return Response::problem(decoded.error());
  }
  try {
    return route.handler(request);
  } catch (const std::exception&) {
    return Response::problem(500, "The handler failed.");
  }
}

}  // namespace

Task<bool> Connection::on_pool(Callback<void()> work) {
  if (!pool_done_) pool_done_ = std::make_shared<Signal>(stream_->loop());
  const auto done = pool_done_;
  const bool accepted = core_->services.executor->submit([&work, done] {
    try {
      work();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): there is nobody to tell but the request
      // A sink or source that throws has said nothing: its request is answered, or cut, as unfinished.
    }
    done->notify();
  });
  if (!accepted) co_return false;
  while (!co_await done->wait(Deadline{})) {
  }
  co_return true;
}

Task<Response> Connection::wait_for_answer(std::shared_ptr<Exchange> exchange, Deadline deadline) {
  while (true) {
    if (std::optional<Response> response = exchange->take()) co_return *std::move(response);
    if (cut_) break;
    if (deadline.has_passed()) {
      exchange->abandon();
      ++core_->timeouts;
      Response late = Response::problem(503, "The answer took too long; repeat later.");
      co_return std::move(late);
    }
    const Deadline look = Deadline::after_milliseconds(kLookMilliseconds);
    const bool woken = co_await exchange->signal().wait(Deadline::earlier(deadline, look));
    if (!woken && stream_->peer_has_gone()) exchange->stop().request_stop();
  }
  exchange->abandon();
  co_return Response(503);
}

Task<Response> Connection::run_handler(const Route& route) {
  const std::int64_t time_limit = route.time_limit_ms != 0 ? route.time_limit_ms : options_.times.answer_ms;
  if (!coding_named(request_.headers.get("Content-Encoding"))) {
    const Refusal refusal = co_await discard_body();
    if (refusal) keep_alive_ = false;
    Response unsupported = Response::problem(415, "The body's Content-Encoding must be gzip, zstd or identity.");
    unsupported.headers.add("Accept-Encoding", "zstd, gzip");
    co_return std::move(unsupported);
  }

  const auto refusing = [this](const Refusal& refusal) {
    keep_alive_ = false;
    unread_ = true;
    return Response::problem(refusal.status, refusal.detail);
  };

  if (route.upload) {
    auto exchange = std::make_shared<Exchange>(stream_->loop(), request_, core_->options);
    exchange_ = exchange;
    request_.stop = exchange->stop().token();
    const Refusal refusal = co_await upload(route, exchange);
    if (refusal) {
      exchange->abandon();
      exchange_.reset();
      co_return refusing(refusal);
    }
    Response response = co_await wait_for_answer(exchange, Deadline::after_milliseconds(time_limit));
    exchange_.reset();
    if (!is_body_complete()) {
      keep_alive_ = false;
      unread_ = true;
    }
    co_return std::move(response);
  }

  const Refusal refusal = co_await read_whole_body(route);
  if (refusal) co_return refusing(refusal);
  const Deadline deadline = Deadline::roughly_after_milliseconds(time_limit);
  request_.deadline = deadline;

  if (route.handler && route.where == Run::inline_) {
    Response response = call(route, request_, options_);
    prepare(response, request_.method, request_.headers, options_);
    co_return std::move(response);
  }

  auto exchange = std::make_shared<Exchange>(stream_->loop(), request_, core_->options);
  exchange_ = exchange;
  request_.stop = exchange->stop().token();
  Request theirs = std::move(request_);
  request_ = kept_of(theirs);
  const auto core = core_;
  const bool accepted =
      core_->services.executor->submit([core, exchange, &route, theirs = std::move(theirs)]() mutable {
        if (route.handler) {
          exchange->send(call(route, theirs, *core->options));
          return;
        }
        const std::uint64_t limit = route.body_limit != 0 ? route.body_limit : core->options->limits.body_bytes;
        if (Result<> decoded = decode_body(theirs, limit, core->options->limits.compression_ratio); !decoded) {
          exchange->send(Response::problem(decoded.error()));
          return;
        }
        try {
          route.deferred(std::move(theirs), Responder(exchange));
        } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the answer has been given
          // Its Responder was destroyed on the way out and has answered 500.
        }
      });
  if (!accepted) {
    exchange_.reset();
    co_return Response::problem(Error(ErrorCode::busy, "The server is busy."));
  }
  Response response = co_await wait_for_answer(exchange, deadline);
  exchange_.reset();
  co_return std::move(response);
}

// Writes with a deadline for each step and a pace for the whole, so that a reader who takes a byte a minute is cut.
Task<bool> Connection::write_paced(std::string_view first, std::string_view second) {
  std::uint64_t sent = 0;
  const std::int64_t began = coarse_nanoseconds();
  std::int64_t now = began;
  while (!first.empty() || !second.empty()) {
    stream_->set_deadline(Deadline::at_nanoseconds(now + options_.times.stall_ms * 1'000'000));
    const IoResult written = co_await stream_->write_some(first, second);
    if (!written) {
      if (written.status == IoStatus::timed_out) ++core_->timeouts;
      co_return false;
    }
    const std::size_t of_first = std::min(written.bytes, first.size());
    first.remove_prefix(of_first);
    second.remove_prefix(written.bytes - of_first);
    sent += written.bytes;
    if (first.empty() && second.empty()) break;
    now = coarse_nanoseconds();
    const std::int64_t elapsed_ms = (now - began) / 1'000'000;
    if (elapsed_ms > options_.times.stall_ms &&
        sent < options_.times.body_bytes_per_second * static_cast<std::uint64_t>(elapsed_ms) / 1000) {
      ++core_->timeouts;
      co_return false;
    }
  }
  co_return true;
}

Task<void> Connection::write_response(Response response, std::string_view fault) {
  if (core_->draining) keep_alive_ = false;
  core_->router.tell_problem(request_, response);
  Sending sending;
  sending.minor = minor_;
  sending.is_head = request_.method == Method::head;
  const bool has_body = may_have_body(response.status);
  if (response.source && has_body) {
    if (response.source_size) {
      sending.framing = {BodyKind::length, *response.source_size};
    } else if (minor_ >= 1) {
      sending.framing = {BodyKind::chunked, 0};
    } else {
      sending.framing = {BodyKind::until_close, 0};
      keep_alive_ = false;
    }
  } else if (has_body) {
    sending.framing = {BodyKind::length, response.body.size()};
  }
  sending.keep_alive = keep_alive_;

  if (out_.capacity() < kHeadSize) out_ = SpareStrings::take();
  out_.clear();
  append_head(out_, response, request_, sending, options_);
  bool written = false;
  if (!has_body || sending.is_head) {
    written = co_await write_paced(out_);
  } else if (response.source) {
    const bool inline_route = route_ != nullptr && route_->where == Run::inline_;
    written = co_await write_source(response, sending, !inline_route);
  } else if (response.body.size() <= kOnePiece) {
    out_ += response.body;
    // The answers of one turn go out together: a client with many connections is woken once, not once for each.
    co_await stream_->loop().turn();
    written = co_await write_paced(out_);
    if (written) body_sent_ = response.body.size();
    // And when all of them are out the next requests are there, or nearly: looking sooner would find nothing.
    co_await stream_->loop().turn();
  } else {
    written = co_await write_paced(out_, response.body);
    if (written) body_sent_ = response.body.size();
  }
  if (!written) keep_alive_ = false;
  log_access(response.status, fault);
}

// The head waits in out_ and goes with the first piece.
Task<bool> Connection::write_source(Response& response, const Sending& sending, bool pooled) {
  const bool chunked = sending.framing.kind == BodyKind::chunked;
  auto exchange = std::make_shared<Exchange>(stream_->loop(), request_, core_->options);
  exchange_ = exchange;
  const Waker waker(exchange);
  std::string piece;
  Result<Flow> flow = Flow::more;
  bool good = true;
  while (good && !cut_) {
    piece.clear();
    flow = fail(ErrorCode::internal, "the source failed");
    const auto pull = [&] { flow = response.source->pull(piece, kPullSize, waker); };
    if (!pooled) {
      pull();
    } else {
      while (!co_await on_pool(pull)) {
        // The pool is full: the client waits a little, which is what back-pressure means.
        if (co_await exchange->signal().wait(Deadline::after_milliseconds(20))) exchange->wake();
      }
    }
    if (sending.framing.kind == BodyKind::length && body_sent_ + piece.size() > sending.framing.length) {
      good = false;  // more than was promised would be read as the next response
      break;
    }
    if (!piece.empty() || !out_.empty()) {
      const std::size_t size = piece.size();
      if (chunked && size > 0) {
        char digits[16];
        out_.append(digits, std::to_chars(digits, digits + sizeof digits, size, 16).ptr);
        out_ += "\r\n";
        piece += "\r\n";
      }
      good = co_await write_paced(out_, piece);
      body_sent_ += size;
      out_.clear();
    }
    if (!flow || !good) {
      good = false;
      break;
    }
    if (*flow == Flow::end) break;
    while (*flow == Flow::wait && !cut_) {
      const bool woken = co_await exchange->signal().wait(Deadline::after_milliseconds(kLookMilliseconds));
      if (woken) break;
      if (stream_->peer_has_gone()) good = false;
      if (!good) break;
    }
  }
  exchange->abandon();
  exchange_.reset();
  if (sending.framing.kind == BodyKind::length && body_sent_ != sending.framing.length) good = false;
  if (!good || cut_) co_return false;
  if (chunked) {
    co_return co_await write_paced("0\r\n\r\n");
  }
  co_return true;
}

}  // namespace meridian::http::internal
