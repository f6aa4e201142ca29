// A connection that has become a WebSocket: one coroutine reads, another writes what anybody has queued.
#include <deque>
#include <mutex>

#include "base/utf8.hpp"
#include "http/internal/connection.hpp"
#include "http/internal/websocket_deflate.hpp"
#include "http/internal/websocket_frames.hpp"
#include "http/internal/websocket_handshake.hpp"

namespace meridian::http::internal {

using net::IoResult;
using net::IoStatus;
using net::Task;

namespace {

constexpr std::size_t kRoom = 16 * 1024;
constexpr std::size_t kWorthDeflating = 256;

/// What senders on any thread and the connection's two coroutines share.
class Session final : public WebSocket {
 public:
  Session(net::Stream& stream, const WebSocketRules& rules, const ServerTimes& times,
          std::optional<DeflateTerms> deflate)
      : stream_(&stream),
        rules_(rules),
        times_(times),
        deflate_(deflate),
        to_send_(std::make_shared<Signal>(stream.loop())) {}

  Result<> send(MessageKind kind, std::string_view message) override {
    if (kind == MessageKind::text && !is_valid_utf8(message)) {
      return fail(ErrorCode::invalid_argument, "a text message must be UTF-8");
    }
    const Opcode opcode = kind == MessageKind::text ? Opcode::text : Opcode::binary;
    if (!deflate_ || message.size() < kWorthDeflating) return queue(opcode, message, false);
    const std::string deflated = deflate_message(message, deflate_->server_bits);
    if (deflated.size() >= message.size()) return queue(opcode, message, false);
    return queue(opcode, deflated, false, Packing::deflated);
  }

  void close(CloseCode code, std::string_view reason) override {
    // One that is closed already stays closed as it was.
    (void)queue(Opcode::close, close_payload(code, reason), true);
  }

  Result<> queue(Opcode opcode, std::string_view payload, bool last, Packing packing = Packing::plain) {
    {
      const std::lock_guard lock(mutex_);
      if (closing_) return fail(ErrorCode::gone, "the WebSocket is closed");
      if (opcode < Opcode::close && queued_ + payload.size() > rules_.max_queued_bytes) {
        return fail(ErrorCode::busy, "the peer takes its messages too slowly");
      }
      // Pongs for a peer that floods pings and reads nothing are dropped.
      if (opcode >= Opcode::ping && queued_ > rules_.max_queued_bytes) return {};
      const std::size_t had = waiting_.size();
      append_frame(waiting_, opcode, payload, std::nullopt, packing);
      queued_ += waiting_.size() - had;
      closing_ = last;
    }
    to_send_->notify();
    return {};
  }

  // The connection's side, on its loop.
  Task<void> write(std::shared_ptr<Session> self) {
    std::string taken;
    while (true) {
      bool last = false;
      {
        const std::lock_guard lock(mutex_);
        taken.clear();
        taken.swap(waiting_);
        last = closing_;
      }
      if (!taken.empty()) {
        writing_since_ = steady_nanoseconds();
        const IoStatus status = co_await stream_->write_all(taken);
        writing_since_ = 0;
        const std::lock_guard lock(mutex_);
        queued_ -= taken.size();
        if (status != IoStatus::ok) break;
        continue;
      }
      if (last || stopping_) break;
      co_await to_send_->wait(Deadline{});
    }
    writer_done_ = true;
    reader_waits_->notify();
    self.reset();
  }

  void heard() { heard_ = steady_nanoseconds(); }

  /// Looks after the peer now and then: pings a silent one, gives up a dead one.
  void look() {
    const std::int64_t now = steady_nanoseconds();
    const std::int64_t silent_ms = (now - heard_) / 1'000'000;
    const std::int64_t writing_ms = writing_since_ == 0 ? 0 : (now - writing_since_) / 1'000'000;
    if (silent_ms > times_.idle_ms || writing_ms > times_.stall_ms) {
      stream_->cancel();
    } else if (silent_ms > times_.idle_ms / 2) {
      (void)queue(Opcode::ping, "", false);
    }
  }

  /// Ends the writer: at once when the connection is broken, else after what is queued.
  Task<void> finish(bool broken) {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      if (broken) waiting_.clear();
    }
    stopping_ = true;
    if (broken) stream_->cancel();
    to_send_->notify();
    while (!writer_done_) co_await reader_waits_->wait(Deadline{});
  }

  bool is_closing() {
    const std::lock_guard lock(mutex_);
    return closing_;
  }

 private:
  net::Stream* const stream_;  // used only by the connection's coroutines, which end before it
  const WebSocketRules rules_;
  const ServerTimes times_;
  const std::optional<DeflateTerms> deflate_;
  const std::shared_ptr<Signal> to_send_;
  const std::shared_ptr<Signal> reader_waits_ = std::make_shared<Signal>(to_send_->loop());
  std::mutex mutex_;
  std::string waiting_;     // frames to be written; protected by mutex_
  std::size_t queued_ = 0;  // bytes waiting or being written; protected by mutex_
  bool closing_ = false;    // nothing more may be queued; protected by mutex_
  // Only on the loop:
  bool stopping_ = false;
  bool writer_done_ = false;
  std::int64_t heard_ = steady_nanoseconds();
  std::int64_t writing_since_ = 0;
};

class Keeper final : public net::Expiring {
 public:
  Keeper(net::Loop& loop, Session& session, std::int64_t every_ms) : session_(session), every_ms_(every_ms) {
    set_expiry(Deadline::after_milliseconds(every_ms_));
    watch(loop);
  }

 private:
  void expired() override {
    set_expiry(Deadline::after_milliseconds(every_ms_));
    session_.look();
  }
  Session& session_;
  std::int64_t every_ms_;
};

}  // namespace

Task<void> Connection::serve_websocket(const Route& route) {
  Result<> allowed = check_upgrade(request_, route.websocket_rules);
  if (!allowed || !is_body_complete()) {
    const Refusal refusal = co_await discard_body();
    if (refusal) keep_alive_ = false;
    Response response = Response::problem(400, "An upgrade has no body.");
    if (!allowed && allowed.error().code() == ErrorCode::unsupported) {
      response = Response::problem(426, allowed.error().message());
      response.headers.add("Sec-WebSocket-Version", "13");
    } else if (!allowed) {
      response = Response::problem(allowed.error());
    }
    co_await write_response(std::move(response));
    co_return;
  }

  Result<std::unique_ptr<WebSocketHandler>> made = fail(ErrorCode::internal, "The handler failed.");
  const auto accept = [&] { made = route.websocket(request_); };
  if (!co_await on_pool(accept)) made = fail(ErrorCode::busy, "The server is busy.");
  if (!made || !*made) {
    Response response = made ? Response::problem(403, "The upgrade was refused.") : Response::problem(made.error());
    co_await write_response(std::move(response));
    co_return;
  }
  const std::unique_ptr<WebSocketHandler> handler = *std::move(made);
  keep_alive_ = false;

  out_ = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ";
  out_ += accept_key(request_.headers.get("Sec-WebSocket-Key"));
  const std::string& subprotocol = route.websocket_rules.subprotocol;
  if (!subprotocol.empty() && list_contains(request_.headers.joined("Sec-WebSocket-Protocol"), subprotocol)) {
    out_ += "\r\nSec-WebSocket-Protocol: " + subprotocol;
  }
  std::optional<DeflateTerms> deflate;
  if (route.websocket_rules.compression) {
    deflate = negotiate_deflate(request_.headers.joined("Sec-WebSocket-Extensions"));
  }
  if (deflate) out_ += "\r\nSec-WebSocket-Extensions: " + deflate->to_text();
  out_ += "\r\n\r\n";
  if (!co_await write_paced(out_)) {
    const auto never = [&] { handler->closed(CloseCode::broken); };
    co_await on_pool(never);
    co_return;
  }
  log_access(101, {});

  // From here on the Keeper watches time; the stream itself has no deadline.
  stream_->set_deadline(Deadline{});
  auto session = std::make_shared<Session>(*stream_, route.websocket_rules, options_.times, deflate);
  const std::int64_t look_ms = std::max<std::int64_t>(1, std::min(options_.times.idle_ms, options_.times.stall_ms) / 4);
  const Keeper keeper(stream_->loop(), *session, look_ms);
  net::start(session->write(session));
  const auto opened = [&] { handler->opened(session); };
  bool good = co_await on_pool(opened);

  MessageReader reader(MessageReader::Side::server, route.websocket_rules.max_message_bytes,
                       deflate ? Packing::deflated : Packing::plain);
  CloseCode code = CloseCode::broken;
  while (good && !cut_) {
    std::string_view rest = in_.view();
    std::optional<MessageReader::Event> event = reader.read(rest);
    in_.used(in_.size() - rest.size());
    if (reader.fault()) {
      session->close(*reader.fault(), {});
      code = *reader.fault();
      break;
    }
    if (!event) {
      char* room = in_.room(kRoom);
      const IoResult got = co_await stream_->read_some(room, in_.room_size());
      if (!got) {
        good = false;
        break;
      }
      session->heard();
      in_.came(got.bytes);
      continue;
    }
    if (event->opcode == Opcode::ping) {
      (void)session->queue(Opcode::pong, event->payload, false);
    } else if (event->opcode == Opcode::close) {
      // Section 5.5.1: answered by the same code, then nothing more is sent.
      session->close(event->code, {});
      code = event->code;
      break;
    } else if (event->opcode != Opcode::pong && !session->is_closing()) {
      const auto kind = event->opcode == Opcode::text ? MessageKind::text : MessageKind::binary;
      const auto received = [&] { handler->received(kind, std::move(event->payload)); };
      good = co_await on_pool(received);
    }
  }
  co_await session->finish(!good || cut_);
  const auto closed = [&] { handler->closed(code); };
  while (!co_await on_pool(closed)) {
    if (!pool_done_) break;
    co_await pool_done_->wait(Deadline::after_milliseconds(20));
  }
  unread_ = true;
}

}  // namespace meridian::http::internal
