#include "connect/mqtt_subscriber.hpp"

#include <algorithm>
#include <atomic>
#include <deque>
#include <future>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/random.hpp"
#include "connect/retry.hpp"
#include "net/io.hpp"
#include "net/signal.hpp"
#include "net/tls_stream.hpp"

namespace meridian::connect {
namespace {

using net::IoResult;
using net::IoStatus;
using net::Task;

constexpr std::size_t kReadAtOnce = 64 << 10;
constexpr std::uint16_t kSubscription = 1;  // the number of the only SUBSCRIBE
constexpr std::uint8_t kRefused = 0x80;

/// One connection: what is to be written, and which messages have not been acknowledged.
struct Session final : MqttReceipt::Target, std::enable_shared_from_this<Session> {
  explicit Session(net::Loop& loop)
      : reader(std::make_shared<net::Signal>(loop)), writer(std::make_shared<net::Signal>(loop)) {}

  void acknowledge(std::uint64_t number) override {
    const std::lock_guard lock(mutex);
    if (number < first || number - first >= pending.size()) return;
    pending[number - first].is_done = true;
    bool has_written = false;
    while (!pending.empty() && pending.front().is_done) {
      if (pending.front().id != 0) out += mqtt_puback(pending.front().id);
      has_written = has_written || pending.front().id != 0;
      pending.pop_front();
      ++first;
    }
    if (has_written) writer->notify();
    reader->notify();
  }
  void abandon() override {
    {
      const std::lock_guard lock(mutex);
      is_abandoned = true;
    }
    writer->notify();
    reader->notify();
  }

  /// The number of one more message.
  std::uint64_t add(std::uint16_t id) {
    const std::lock_guard lock(mutex);
    pending.push_back({id, false});
    return first + pending.size() - 1;
  }
  void write(std::string_view packet) {
    const std::lock_guard lock(mutex);
    out += packet;
    writer->notify();
  }

  struct Pending {
    std::uint16_t id;  // 0: of quality 0, which nobody is told of
    bool is_done;
  };
  const std::shared_ptr<net::Signal> reader;
  const std::shared_ptr<net::Signal> writer;
  std::mutex mutex;
  std::deque<Pending> pending;
  std::uint64_t first = 0;  // the number of the first of these
  std::string out;
  bool is_abandoned = false;
  // On the loop:
  bool is_ending = false;
  bool is_writer_done = false;
};

}  // namespace

MqttReceipt& MqttReceipt::operator=(MqttReceipt&& other) noexcept {
  if (this != &other) {
    if (target_ != nullptr) target_->abandon();
    target_ = std::move(other.target_);
    number_ = other.number_;
  }
  return *this;
}
MqttReceipt::~MqttReceipt() {
  if (target_ != nullptr) target_->abandon();
}
void MqttReceipt::acknowledge() && {
  if (const std::shared_ptr<Target> target = std::move(target_)) target->acknowledge(number_);
}

struct MqttSubscriber::State {
  State(MqttSubscriberOptions given, net::Loop& the_loop, Handler handle, Random& chance)
      : options(std::move(given)),
        loop(the_loop),
        handler(std::move(handle)),
        random(chance),
        signal(std::make_shared<net::Signal>(the_loop)) {}

  static Task<void> run(std::shared_ptr<State> state);
  Task<Result<>> connect();
  Task<Result<>> converse(const std::shared_ptr<Session>& session);
  Task<Result<MqttPacket>> next_packet();
  Task<Result<>> greet();
  Task<bool> wait_for_room(const std::shared_ptr<Session>& session);
  Result<> take(const std::shared_ptr<Session>& session, const MqttPacket& packet);
  static Task<void> write_out(std::shared_ptr<State> state, std::shared_ptr<Session> session);
  void tell(bool is_connected, const std::string& fault);

  const MqttSubscriberOptions options;
  net::Loop& loop;
  Handler handler;
  Random& random;
  const std::shared_ptr<net::Signal> signal;
  std::shared_ptr<net::TlsContext> tls;
  std::atomic<bool> is_closing = false;
  std::atomic<bool> is_paused = false;
  std::atomic<std::uint64_t> messages = 0;

  // On the loop:
  std::unique_ptr<net::Stream> stream;
  std::shared_ptr<Session> current;
  MqttDecoder decoder;
  std::vector<char> room = std::vector<char>(kReadAtOnce);
  std::string_view unread;     // of what was read into it
  std::uint32_t failures = 0;  // in a row

  mutable std::mutex mutex;
  MqttSubscriberCounts told;
  std::promise<void> ended;
};

void MqttSubscriber::State::tell(bool is_connected, const std::string& fault) {
  const std::lock_guard lock(mutex);
  if (is_connected && !told.is_connected) ++told.connections;
  told.is_connected = is_connected;
  told.fault = fault;
}

Task<void> MqttSubscriber::State::run(std::shared_ptr<State> state) {
  State& s = *state;
  while (!s.is_closing) {
    Result<> done = co_await s.connect();
    if (done) {
      s.current = std::make_shared<Session>(s.loop);
      net::spawn(s.loop, write_out(state, s.current));
      done = co_await s.converse(s.current);
      // The writer may still wait for the stream.
      s.current->is_ending = true;
      s.stream->cancel();
      s.current->writer->notify();
      while (!s.current->is_writer_done) co_await s.current->reader->wait(Deadline{});
      s.current.reset();
    }
    if (s.stream) s.stream->close();
    s.stream.reset();
    const std::string fault = done ? std::string() : done.error().message();
    s.tell(false, fault);
    if (s.is_closing) break;
    log_warning("broker cannot be listened to", {{"host", s.options.host}, {"reason", fault}});
    const std::int64_t pause =
        retry_pause_ms(s.options.retry_first_ms, s.options.retry_most_ms, s.failures++, s.random);
    co_await s.signal->wait(Deadline::after_milliseconds(pause));
  }
  s.handler = {};
  s.ended.set_value();
}

Task<Result<>> MqttSubscriber::State::connect() {
  decoder = MqttDecoder(options.limits);
  unread = {};
  Result<std::unique_ptr<net::Stream>> made =
      co_await net::reach(loop, options.host, options.port, tls, options.connect_ms);
  if (!made) co_return fail(std::move(made).error());
  stream = *std::move(made);
  if (is_closing) co_return fail(ErrorCode::cancelled, "the subscriber is closing");
  stream->set_deadline(Deadline::after_milliseconds(options.connect_ms));
  co_return co_await greet();
}

/// Sections 3.1 and 3.8: who this is, and what it wants.
Task<Result<>> MqttSubscriber::State::greet() {
  MqttConnect hello;
  hello.client_id = options.client_id;
  hello.user = options.user;
  hello.password = options.password;
  hello.keep_alive_seconds = options.keep_alive_seconds;
  const std::string first = mqtt_connect(hello);
  if (co_await stream->write_all(first) != IoStatus::ok) {
    co_return fail(ErrorCode::io_failure, "the broker does not take the greeting");
  }
  Result<MqttPacket> packet = co_await next_packet();
  if (!packet) co_return fail(std::move(packet).error());
  const std::optional<MqttConnack> answer = read_connack(*packet);
  if (!answer) co_return fail(ErrorCode::malformed_input, "what answers is no MQTT broker");
  if (answer->code != 0) co_return fail(ErrorCode::unauthenticated, std::string(connack_text(answer->code)));
  const std::string wish = mqtt_subscribe(kSubscription, options.filters, 1);
  if (co_await stream->write_all(wish) != IoStatus::ok) {
    co_return fail(ErrorCode::io_failure, "the connection broke while subscribing");
  }
  co_return Result<>{};
}

Task<Result<MqttPacket>> MqttSubscriber::State::next_packet() {
  while (true) {
    Result<std::optional<MqttPacket>> packet = decoder.take(unread);
    if (!packet) co_return fail(std::move(packet).error());
    if (*packet) co_return **std::move(packet);
    const IoResult got = co_await stream->read_some(room.data(), room.size());
    unread = std::string_view(room.data(), got ? got.bytes : 0);
    if (got.status == IoStatus::timed_out) co_return fail(ErrorCode::timeout, "the broker says nothing any more");
    if (!got) co_return fail(ErrorCode::io_failure, "the connection to the broker ended");
  }
}

/// Until the connection has to end; success when it was told to.
Task<Result<>> MqttSubscriber::State::converse(const std::shared_ptr<Session>& session) {
  while (co_await wait_for_room(session)) {
    stream->set_deadline(Deadline::after_milliseconds(std::int64_t{options.keep_alive_seconds} * 1500));
    Result<MqttPacket> packet = co_await next_packet();
    if (is_closing) break;
    if (!packet) co_return fail(std::move(packet).error());
    if (Result<> taken = take(session, *packet); !taken) co_return taken;
  }
  if (!is_closing) co_return fail(ErrorCode::io_failure, "a message could not be made safe: it is asked for again");
  co_return Result<>{};
}

/// False: the connection is to end.
Task<bool> MqttSubscriber::State::wait_for_room(const std::shared_ptr<Session>& session) {
  while (!is_closing) {
    bool is_full = false;
    {
      const std::lock_guard lock(session->mutex);
      if (session->is_abandoned) co_return false;
      is_full = session->pending.size() >= options.unacknowledged;
    }
    if (!is_full && !is_paused) co_return true;
    co_await session->reader->wait(Deadline{});
  }
  co_return false;
}

Result<> MqttSubscriber::State::take(const std::shared_ptr<Session>& session, const MqttPacket& packet) {
  switch (packet.type) {
    case MqttType::publish: {
      const std::optional<MqttPublish> publish = read_publish(packet);
      if (!publish) return fail(ErrorCode::malformed_input, "the broker sent a PUBLISH that cannot be read");
      if (publish->qos == 2) return fail(ErrorCode::malformed_input, "the broker sent more than it was asked for");
      failures = 0;
      ++messages;
      const std::uint64_t number = session->add(publish->id);
      handler({std::string(publish->topic), std::string(publish->payload), publish->is_again},
              MqttReceipt(session, number));
      return {};
    }
    case MqttType::suback: {
      const std::vector<std::uint8_t> granted = read_suback(packet);
      const auto refused = std::ranges::find(granted, kRefused);
      if (granted.size() != options.filters.size() || refused != granted.end()) {
        const auto which = static_cast<std::size_t>(refused - granted.begin());
        return fail(ErrorCode::forbidden,
                    which < options.filters.size()
                        ? "the broker does not let this client listen to " + options.filters[which]
                        : "the broker did not understand the subscription");
      }
      tell(true, {});
      return {};
    }
    case MqttType::pingresp:
      return {};
    default:
      return fail(ErrorCode::malformed_input, "the broker sent a packet that is not for a subscriber");
  }
}

/// Writes what is to be written, and a sign of life when there is nothing.
Task<void> MqttSubscriber::State::write_out(std::shared_ptr<State> state, std::shared_ptr<Session> session) {
  const std::int64_t quiet = std::max<std::int64_t>(std::int64_t{state->options.keep_alive_seconds} * 500, 100);
  while (!session->is_ending) {
    std::string out;
    bool is_abandoned = false;
    {
      const std::lock_guard lock(session->mutex);
      out.swap(session->out);
      is_abandoned = session->is_abandoned;
    }
    if (is_abandoned) break;
    if (out.empty()) {
      const bool is_woken = co_await session->writer->wait(Deadline::after_milliseconds(quiet));
      if (!is_woken) session->write(mqtt_pingreq());
      continue;
    }
    if (co_await state->stream->write_all(out) != IoStatus::ok) break;
  }
  if (!session->is_ending) state->stream->cancel();  // the reader is to notice
  session->is_writer_done = true;
  session->reader->notify();
}

MqttSubscriber::MqttSubscriber(std::shared_ptr<State> state) : state_(std::move(state)) {}

Result<std::unique_ptr<MqttSubscriber>> MqttSubscriber::start(MqttSubscriberOptions options, net::Io& io,
                                                              Handler handler, Random* random) {
  if (options.host.empty() || options.port == 0 || options.client_id.empty() || options.filters.empty()) {
    return fail(ErrorCode::invalid_argument, "a subscriber needs a broker, a name and topics");
  }
  for (const std::string& filter : options.filters) {
    if (!is_topic_filter(filter)) return fail(ErrorCode::invalid_argument, "\"" + filter + "\" is no topic filter");
  }
  auto state = std::make_shared<State>(std::move(options), io.next(), std::move(handler),
                                       random != nullptr ? *random : system_random());
  if (state->options.tls) state->tls = TRY(net::make_tls_client(state->options.certificates));
  net::spawn(state->loop, State::run(state));
  return std::unique_ptr<MqttSubscriber>(new MqttSubscriber(std::move(state)));
}

MqttSubscriber::~MqttSubscriber() {
  state_->is_closing = true;
  state_->loop.post([state = state_] {
    if (state->stream) state->stream->cancel();
    if (state->current) state->current->reader->notify();
    state->signal->notify();
  });
  state_->ended.get_future().wait();
}

void MqttSubscriber::pause() {
  state_->is_paused = true;
}

void MqttSubscriber::resume() {
  state_->is_paused = false;
  state_->loop.post([state = state_] {
    if (state->current) state->current->reader->notify();
  });
}

MqttSubscriberCounts MqttSubscriber::counts() const {
  const std::lock_guard lock(state_->mutex);
  MqttSubscriberCounts counts = state_->told;
  counts.messages = state_->messages;
  return counts;
}

}  // namespace meridian::connect
