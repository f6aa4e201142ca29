#include "connect/mllp_client.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <utility>

#include "base/random.hpp"
#include "connect/retry.hpp"
#include "net/io.hpp"
#include "net/signal.hpp"
#include "net/tls_stream.hpp"

namespace meridian::connect {

using net::IoResult;
using net::IoStatus;
using net::Task;

struct MllpClient::State : std::enable_shared_from_this<State> {
  State(MllpClientOptions given, net::Loop& the_loop, Random& chance)
      : options(std::move(given)),
        loop(the_loop),
        random(chance),
        signal(std::make_shared<net::Signal>(the_loop)),
        decoder(options.frame) {}

  struct Waiting {
    std::string framed;
    Answered answered;
  };

  Task<void> run();
  Task<Result<std::string>> deliver(const std::string& framed);
  Task<Result<std::string>> exchange(const std::string& framed);
  Task<Result<>> connect();
  std::optional<Waiting> next();
  void refuse_all();
  void disconnect();

  const MllpClientOptions options;
  net::Loop& loop;
  Random& random;
  const std::shared_ptr<net::Signal> signal;
  std::shared_ptr<net::TlsContext> tls;
  std::atomic<bool> is_closing = false;
  std::atomic<std::uint64_t> connections = 0;

  // On the loop:
  std::unique_ptr<net::Stream> stream;
  MllpDecoder decoder;
  std::uint32_t failures = 0;  // in a row
  std::int64_t may_connect_at = 0;

  std::mutex mutex;
  std::deque<Waiting> queue;
  std::uint64_t queued_bytes = 0;
  std::promise<void> ended;
};

std::optional<MllpClient::State::Waiting> MllpClient::State::next() {
  const std::lock_guard lock(mutex);
  if (queue.empty()) return std::nullopt;
  Waiting first = std::move(queue.front());
  queue.pop_front();
  queued_bytes -= first.framed.size();
  return first;
}

void MllpClient::State::refuse_all() {
  while (std::optional<Waiting> waiting = next()) {
    waiting->answered(fail(ErrorCode::cancelled, "the sender is closing"));
  }
}

void MllpClient::State::disconnect() {
  if (stream) stream->close();
  stream.reset();
  decoder = MllpDecoder(options.frame);
}

Task<void> MllpClient::State::run() {
  while (!is_closing) {
    std::optional<Waiting> waiting = next();
    if (!waiting) {
      co_await signal->wait(Deadline{});
      continue;
    }
    Result<std::string> answer = co_await deliver(waiting->framed);
    waiting->answered(std::move(answer));
  }
  refuse_all();
  disconnect();
  ended.set_value();
}

Task<Result<std::string>> MllpClient::State::deliver(const std::string& framed) {
  Error last(ErrorCode::cancelled, "the sender is closing");
  for (std::uint32_t attempt = 0; attempt < std::max(options.attempts, 1U) && !is_closing; ++attempt) {
    while (!is_closing && steady_nanoseconds() < may_connect_at) {
      co_await signal->wait(Deadline::at_nanoseconds(may_connect_at));
    }
    if (is_closing) break;
    Result<std::string> answer = co_await exchange(framed);
    if (answer) {
      failures = 0;
      co_return answer;
    }
    last = answer.error();
    disconnect();
    may_connect_at = steady_nanoseconds() +
                     retry_pause_ms(options.retry_first_ms, options.retry_most_ms, failures, random) * 1'000'000;
    ++failures;
  }
  co_return fail(std::move(last));
}

Task<Result<>> MllpClient::State::connect() {
  Result<std::unique_ptr<net::Stream>> made =
      co_await net::reach(loop, options.host, options.port, tls, options.connect_ms);
  if (!made) co_return fail(std::move(made).error());
  stream = *std::move(made);
  ++connections;
  co_return Result<>{};
}

Task<Result<std::string>> MllpClient::State::exchange(const std::string& framed) {
  // The peer may have closed a connection that was not used for a while: that is noticed before, and is no fault.
  if (stream && stream->peer_has_gone()) disconnect();
  if (!stream) {
    Result<> connected = co_await connect();
    if (!connected) co_return fail(std::move(connected).error());
  }
  if (is_closing) co_return fail(ErrorCode::cancelled, "the sender is closing");
  stream->set_deadline(Deadline::after_milliseconds(options.send_ms));
  const IoStatus sent = co_await stream->write_all(framed);
  if (sent == IoStatus::timed_out) co_return fail(ErrorCode::timeout, "the peer does not take the message");
  if (sent != IoStatus::ok) co_return fail(ErrorCode::io_failure, "the connection broke while the message was sent");
  stream->set_deadline(Deadline::after_milliseconds(options.answer_ms));
  char room[4096];
  while (true) {
    const IoResult got = co_await stream->read_some(room, sizeof room);
    if (!got) {
      if (std::optional<MllpFrame> frame = decoder.pause()) co_return std::move(frame->content);
      if (is_closing) co_return fail(ErrorCode::cancelled, "the sender is closing");
      if (got.status == IoStatus::timed_out) co_return fail(ErrorCode::timeout, "no answer came in time");
      co_return fail(ErrorCode::io_failure, "the connection ended before the answer");
    }
    std::string_view bytes(room, got.bytes);
    std::optional<MllpFrame> frame = decoder.take(bytes);
    if (!frame) continue;
    if (frame->is_cut) co_return fail(ErrorCode::too_large, "the answer is too large");
    // More than one answer to one message: what follows belongs to no message of ours.
    while (decoder.take(bytes)) {
    }
    stream->set_deadline(Deadline{});
    co_return std::move(frame->content);
  }
}

MllpClient::MllpClient(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<MllpClient>> MllpClient::create(MllpClientOptions options, net::Io& io, Random* random) {
  if (options.host.empty() || options.port == 0) {
    return fail(ErrorCode::invalid_argument, "an MLLP sender needs a host and a port");
  }
  auto state = std::make_shared<State>(std::move(options), io.next(), random != nullptr ? *random : system_random());
  if (state->options.tls) state->tls = TRY(net::make_tls_client(state->options.certificates));
  const auto keep = [](std::shared_ptr<State> kept) -> Task<void> { co_await kept->run(); };
  net::spawn(state->loop, keep(state));
  return std::unique_ptr<MllpClient>(new MllpClient(std::move(state)));
}

MllpClient::~MllpClient() {
  state_->is_closing = true;
  state_->loop.post([state = state_] {
    if (state->stream) state->stream->cancel();
    state->signal->notify();
  });
  state_->ended.get_future().wait();
}

void MllpClient::send(std::string content, Answered answered) {
  Result<std::string> framed = mllp_frame(content);
  if (!framed) return answered(fail(std::move(framed).error()));
  std::unique_lock lock(state_->mutex);
  if (!state_->queue.empty() && state_->queued_bytes + framed->size() > state_->options.queued_bytes) {
    lock.unlock();
    return answered(fail(ErrorCode::busy, "too many messages wait to be sent"));
  }
  state_->queued_bytes += framed->size();
  state_->queue.push_back({*std::move(framed), std::move(answered)});
  lock.unlock();
  state_->signal->notify();
}

Result<std::string> MllpClient::send(std::string content) {
  std::promise<Result<std::string>> promise;
  std::future<Result<std::string>> answer = promise.get_future();
  send(std::move(content), [&promise](Result<std::string> given) { promise.set_value(std::move(given)); });
  return answer.get();
}

std::uint64_t MllpClient::connections_made() const {
  return state_->connections;
}

}  // namespace meridian::connect
