#include "http/client.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <future>
#include <list>
#include <map>
#include <mutex>
#include <random>
#include <set>

#include "http/compression.hpp"
#include "http/conditional.hpp"
#include "http/internal/chunk_decoder.hpp"
#include "http/internal/input_buffer.hpp"
#include "http/internal/response_reader.hpp"
#include "net/connect.hpp"
#include "net/io.hpp"
#include "net/signal.hpp"
#include "net/stream.hpp"
#include "net/tls_stream.hpp"

namespace meridian::http {

using internal::BodyKind;
using internal::ChunkDecoder;
using internal::HeadScanner;
using internal::InputBuffer;
using internal::Refusal;
using internal::ResponseHead;
using net::IoResult;
using net::IoStatus;
using net::Signal;
using net::Task;

namespace {

bool is_allowed(net::Reach reach, AllowedReach allowed) {
  switch (allowed) {
    case AllowedReach::anywhere:
      return true;
    case AllowedReach::private_too:
      return reach == net::Reach::public_internet || reach == net::Reach::private_network;
    case AllowedReach::public_only:
      break;
  }
  return reach == net::Reach::public_internet;
}

bool is_retriable(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}
bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

Error error_of(IoStatus status, const char* doing) {
  if (status == IoStatus::timed_out) return {ErrorCode::timeout, std::string(doing) + " took too long"};
  if (status == IoStatus::cancelled) return {ErrorCode::cancelled, std::string(doing) + " was cancelled"};
  return {ErrorCode::io_failure, std::string("the connection broke while ") + doing};
}

/// Where connections may be used again: the same place in the same manner.
std::string key_of(const Url& url) {
  if (!url.unix_path.empty()) return "unix:" + url.unix_path;
  return (url.tls ? "https://" : "http://") + url.host + ':' + std::to_string(url.port);
}

}  // namespace

// All of it lives on one loop; only `state` of Client and the count of what runs are shared.
struct Client::State : std::enable_shared_from_this<Client::State> {
  State(ClientOptions o, net::Loop& l) : options(std::move(o)), loop(l) {}

  struct Idle {
    std::unique_ptr<net::Stream> stream;
    std::int64_t since;
  };
  /// One request's way: its stream, so that stop() can reach it.
  struct Attempt {
    std::unique_ptr<net::Stream> stream;
    InputBuffer in;
    bool reused = false;
  };

  Task<void> run(ClientRequest request, Done done);
  Task<Result<ClientResponse>> with_retries(ClientRequest& request);
  Task<Result<ClientResponse>> with_redirects(ClientRequest& request, Deadline deadline);
  Task<Result<ClientResponse>> exchange(const ClientRequest& request, const Url& url, Method method, bool with_body,
                                        bool trusted, Deadline deadline);
  Task<Result<std::unique_ptr<net::Stream>>> open(const Url& url, Deadline deadline);
  Task<Result<ResponseHead>> read_head(Attempt& attempt, Method method);
  Task<IoStatus> write(net::Stream& stream, const ClientRequest& request, std::string head, std::string_view body,
                       Deadline deadline) const;
  Task<Result<>> read_body(Attempt& attempt, const ClientRequest& request, const ResponseHead& head,
                           ClientResponse& response);
  std::unique_ptr<net::Stream> reuse(const std::string& key);
  void keep(const std::string& key, std::unique_ptr<net::Stream> stream);
  Deadline step(Deadline deadline) const {
    return Deadline::earlier(deadline, Deadline::after_milliseconds(options.stall_ms));
  }

  const ClientOptions options;
  net::Loop& loop;
  std::shared_ptr<net::TlsContext> tls;
  // On the loop:
  std::map<std::string, std::list<Idle>> idle;
  std::size_t idle_count = 0;
  std::set<net::Stream*> busy;
  std::set<Signal*> pausing;
  bool stopping = false;
  std::minstd_rand random{std::random_device{}()};

  std::mutex mutex;
  std::condition_variable changed;
  std::size_t running = 0;  // protected by mutex
};

std::unique_ptr<net::Stream> Client::State::reuse(const std::string& key) {
  auto& list = idle[key];
  const std::int64_t oldest = steady_nanoseconds() - options.idle_ms * 1'000'000;
  while (!list.empty()) {
    Idle last = std::move(list.back());
    list.pop_back();
    --idle_count;
    // One that the peer has closed, or on which it speaks unasked, is of no use.
    char byte = 0;
    const bool quiet = last.stream->try_read(&byte, 1).result.status == IoStatus::would_block;
    if (last.since >= oldest && quiet) return std::move(last.stream);
  }
  return nullptr;
}

void Client::State::keep(const std::string& key, std::unique_ptr<net::Stream> stream) {
  if (stopping || idle_count >= options.max_idle_connections) return;
  stream->set_deadline(Deadline{});
  idle[key].push_back({std::move(stream), steady_nanoseconds()});
  ++idle_count;
}

Task<Result<std::unique_ptr<net::Stream>>> Client::State::open(const Url& url, Deadline deadline) {
  const Deadline by = Deadline::earlier(deadline, Deadline::after_milliseconds(options.connect_ms));
  if (!url.unix_path.empty()) {
    const bool named = std::ranges::find(options.allowed_hosts, "unix:" + url.unix_path) != options.allowed_hosts.end();
    if (!named && options.allowed_reach != AllowedReach::anywhere) {
      co_return fail(ErrorCode::forbidden, "a Unix socket may not be asked");
    }
    co_return co_await net::connect_unix(loop, url.unix_path, by);
  }
  Result<std::vector<net::Address>> addresses = co_await net::resolve(loop, url.host, url.port, by);
  if (!addresses) co_return fail(std::move(addresses).error());
  bool trusted = false;
  for (const std::string& host : options.allowed_hosts) {
    trusted = trusted || host == url.host || host == url.host + ':' + std::to_string(url.port);
  }
  if (!trusted) {
    // One forbidden address among good ones is how a guard is talked round: all must pass.
    for (const net::Address& address : *addresses) {
      if (!is_allowed(net::reach_of(address.text), options.allowed_reach)) {
        co_return fail(ErrorCode::forbidden, "the host lies in a network that may not be asked");
      }
    }
  }
  Result<std::unique_ptr<net::Stream>> stream = co_await net::connect(loop, *std::move(addresses), by);
  if (!stream || !url.tls) co_return std::move(stream);
  co_return co_await net::connect_tls(*std::move(stream), tls, url.host, by);
}

Task<Result<ResponseHead>> Client::State::read_head(Attempt& attempt, Method method) {
  HeadScanner scanner(options.max_header_bytes);
  while (true) {
    const HeadScanner::Found found = scanner.scan(attempt.in.view());
    if (found == HeadScanner::Found::not_yet) {
      char* room = attempt.in.room(4096);
      const IoResult got = co_await attempt.stream->read_some(room, attempt.in.room_size());
      if (!got) co_return fail(error_of(got.status, "waiting for the response"));
      attempt.in.came(got.bytes);
      continue;
    }
    if (found == HeadScanner::Found::too_large) {
      co_return fail(ErrorCode::too_large, "the response's header is too large");
    }
    if (found == HeadScanner::Found::bare_line_feed) {
      co_return fail(ErrorCode::malformed_input, "the response's header is malformed");
    }
    ResponseHead head;
    const Refusal refusal = parse_response_head(attempt.in.view().substr(0, scanner.size()), method, head);
    if (refusal) co_return fail(ErrorCode::malformed_input, "the response is malformed: " + std::string(refusal.name));
    attempt.in.used(scanner.size());
    if (head.status >= 200) co_return std::move(head);
    if (head.status == 101) co_return fail(ErrorCode::malformed_input, "the response changes protocols unasked");
    scanner.reset();  // 100 and its like come before the answer
  }
}

Task<Result<>> Client::State::read_body(Attempt& attempt, const ClientRequest& request, const ResponseHead& head,
                                        ClientResponse& response) {
  constexpr std::size_t kRoom = 64 * 1024;
  constexpr std::uint32_t kAnyRatio = UINT32_MAX;  // max_body_bytes bounds what comes of it
  const std::optional<Coding> coding = coding_named(head.headers.get("Content-Encoding"));
  // A coding we did not ask for is handed on as it is.
  const std::unique_ptr<Decompressor> decompressor =
      make_decompressor(coding.value_or(Coding::identity), options.max_body_bytes, kAnyRatio);
  const bool streams = request.on_body && head.status >= 200 && head.status < 300;
  std::uint64_t left = head.framing.length;
  ChunkDecoder chunks;
  std::string piece;
  std::string plain;
  bool complete = head.framing.kind == BodyKind::none;
  while (!complete) {
    if (attempt.in.empty()) {
      char* room = attempt.in.room(kRoom);
      const IoResult got = co_await attempt.stream->read_some(room, attempt.in.room_size());
      if (got.status == IoStatus::end && head.framing.kind == BodyKind::until_close) break;
      if (!got) co_return fail(error_of(got.status, "reading the response"));
      attempt.in.came(got.bytes);
    }
    piece.clear();
    const std::size_t before = attempt.in.size();
    if (head.framing.kind == BodyKind::chunked) {
      std::string_view rest = attempt.in.view();
      const Refusal refusal = chunks.decode(rest, piece, kRoom);
      attempt.in.used(before - rest.size());
      if (refusal) co_return fail(ErrorCode::malformed_input, "the response's chunks are malformed");
      complete = chunks.is_complete();
    } else {
      const std::uint64_t most = head.framing.kind == BodyKind::length ? left : UINT64_MAX;
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(before, most));
      piece.assign(attempt.in.view().substr(0, size));
      attempt.in.used(size);
      left -= head.framing.kind == BodyKind::length ? size : 0;
      complete = head.framing.kind == BodyKind::length && left == 0;
    }
    plain.clear();
    Result<> decoded = decompressor->write(piece, streams ? plain : response.body);
    if (!decoded) co_return fail(std::move(decoded).error());
    if (streams && !plain.empty() && !request.on_body(plain)) {
      co_return fail(ErrorCode::cancelled, "the receiver wants no more of the response");
    }
  }
  if (coding.value_or(Coding::identity) != Coding::identity && head.framing.kind != BodyKind::none) {
    co_return decompressor->finish();
  }
  co_return Result<>{};
}

/// https://www.rfc-editor.org/rfc/rfc9112#section-7.1
Task<IoStatus> Client::State::write(net::Stream& stream, const ClientRequest& request, std::string head,
                                    std::string_view body, Deadline deadline) const {
  stream.set_deadline(step(deadline));
  if (!request.next_piece) co_return co_await stream.write_all(head, body);
  std::string piece(body);
  do {
    if (!piece.empty()) {
      std::array<char, 16> digits{};
      const auto end = std::to_chars(digits.begin(), digits.end(), piece.size(), 16).ptr;
      head.append(digits.begin(), end).append("\r\n");
      piece += "\r\n";
      stream.set_deadline(step(deadline));
      if (const IoStatus status = co_await stream.write_all(head, piece); status != IoStatus::ok) co_return status;
      head.clear();
    }
    piece = request.next_piece();
  } while (!piece.empty());
  head += "0\r\n\r\n";
  co_return co_await stream.write_all(head, std::string_view());
}

Task<Result<ClientResponse>> Client::State::exchange(const ClientRequest& request, const Url& url, Method method,
                                                     bool with_body, bool trusted, Deadline deadline) {
  const std::string key = key_of(url);
  std::string head(name(method));
  head += ' ' + url.target + " HTTP/1.1\r\nHost: ";
  const bool default_port = url.port == (url.tls ? 443 : 80) || !url.unix_path.empty();
  head += url.host.find(':') == std::string::npos ? url.host : '[' + url.host + ']';
  if (!default_port) head += ':' + std::to_string(url.port);
  head += "\r\n";
  if (!request.headers.contains("User-Agent")) head += "User-Agent: " + options.user_agent + "\r\n";
  if (!request.headers.contains("Accept-Encoding")) head += "Accept-Encoding: zstd, gzip\r\n";
  for (std::size_t i = 0; i < request.headers.size(); ++i) {
    const Field field = request.headers[i];
    bool ours = false;
    for (const std::string_view framing : {"Host", "Content-Length", "Transfer-Encoding", "Connection"}) {
      ours = ours || equals_ignoring_case(field.name, framing);
    }
    // What proves who we are to one host is not shown to another.
    for (const std::string_view secret : {"Authorization", "Cookie", "Proxy-Authorization"}) {
      ours = ours || (!trusted && equals_ignoring_case(field.name, secret));
    }
    if (!with_body && equals_ignoring_case(field.name, "Content-Type")) ours = true;
    if (!ours) head.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  const std::string_view body = with_body ? std::string_view(request.body) : std::string_view{};
  if (request.next_piece) {
    head += "Transfer-Encoding: chunked\r\n";
  } else if (!body.empty() || !is_safe(method)) {
    head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  head += "\r\n";

  Attempt attempt;
  while (true) {
    attempt.stream = reuse(key);
    attempt.reused = attempt.stream != nullptr;
    if (!attempt.stream) {
      Result<std::unique_ptr<net::Stream>> opened = co_await open(url, deadline);
      if (!opened) co_return fail(std::move(opened).error());
      attempt.stream = *std::move(opened);
    }
    if (stopping) co_return fail(ErrorCode::cancelled, "the client is stopping");
    net::Stream* const stream = attempt.stream.get();
    busy.insert(stream);
    const IoStatus written = co_await write(*stream, request, head, body, deadline);
    Result<ResponseHead> answered = fail(error_of(written, "sending the request"));
    if (written == IoStatus::ok) {
      stream->set_deadline(deadline);
      answered = co_await read_head(attempt, method);
    }
    // A kept connection may have been closed just then: nothing was answered, so a safe request begins anew.
    const bool stale = !answered && attempt.reused && answered.error().code() == ErrorCode::io_failure &&
                       is_idempotent(method) && !request.next_piece && attempt.in.empty();
    if (stale) {
      busy.erase(stream);
      attempt.in.release();
      continue;
    }
    if (!answered) {
      busy.erase(stream);
      co_return fail(std::move(answered).error());
    }
    ClientResponse response;
    response.status = answered->status;
    Result<> read = co_await read_body(attempt, request, *answered, response);
    busy.erase(stream);
    if (!read) co_return fail(std::move(read).error());
    response.headers = std::move(answered->headers);
    if (answered->keep_alive && attempt.in.empty()) keep(key, std::move(attempt.stream));
    co_return std::move(response);
  }
}

// https://www.rfc-editor.org/rfc/rfc9110#section-15.4
Task<Result<ClientResponse>> Client::State::with_redirects(ClientRequest& request, Deadline deadline) {
  std::string at = request.url;
  Method method = request.method;
  bool with_body = true;
  std::string first_origin;
  for (std::uint32_t followed = 0;; ++followed) {
    Result<Url> url = parse_url(at);
    if (!url) co_return fail(std::move(url).error());
    if (first_origin.empty()) first_origin = key_of(*url);
    const bool trusted = key_of(*url) == first_origin;
    Result<ClientResponse> response = co_await exchange(request, *url, method, with_body, trusted, deadline);
    if (!response) co_return fail(std::move(response).error());
    response->url = at;
    const auto location = response->headers.find("Location");
    const bool may_follow = options.max_redirects != 0 && !request.next_piece;
    if (!is_redirect(response->status) || !location || !may_follow) co_return std::move(response);
    if (followed == options.max_redirects) {
      co_return fail(ErrorCode::too_costly, "the server redirects too often");
    }
    if (response->status == 303 || (response->status <= 302 && method == Method::post)) {
      if (method != Method::head) method = Method::get;
      with_body = false;
    }
    Result<std::string> next = resolve_reference(at, *location);
    if (!next) co_return fail(std::move(next).error());
    if (url->tls && !next->starts_with("https://")) {
      co_return fail(ErrorCode::forbidden, "the server redirects from https to http");
    }
    at = *std::move(next);
  }
}

Task<Result<ClientResponse>> Client::State::with_retries(ClientRequest& request) {
  const Deadline deadline = Deadline::after_milliseconds(request.total_ms != 0 ? request.total_ms : options.total_ms);
  std::int64_t pause_ms = options.first_pause_ms;
  for (std::uint32_t attempt = 1;; ++attempt) {
    Result<ClientResponse> response = co_await with_redirects(request, deadline);
    if (response) response->attempts = attempt;
    const bool worth_it = response ? is_retriable(response->status) : response.error().code() == ErrorCode::io_failure;
    if (!worth_it || attempt > options.max_retries || !is_idempotent(request.method) || request.next_piece ||
        stopping) {
      co_return std::move(response);
    }
    std::int64_t wait_ms =
        pause_ms - static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(pause_ms / 2 + 1));
    pause_ms *= 2;
    if (response) {
      const std::string_view after = response->headers.get("Retry-After");
      if (const auto seconds = internal::parse_length(after)) {
        wait_ms = static_cast<std::int64_t>(std::min<std::uint64_t>(*seconds, 1'000'000)) * 1000;
      }
    }
    // A pause that outlasts the deadline is no help: what there is is the answer.
    if (wait_ms >= deadline.milliseconds_left()) co_return std::move(response);
    const auto pause = std::make_shared<Signal>(loop);
    pausing.insert(pause.get());
    co_await pause->wait(Deadline::after_milliseconds(wait_ms));
    pausing.erase(pause.get());
  }
}

Task<void> Client::State::run(ClientRequest request, Done done) {
  const std::shared_ptr<State> self = shared_from_this();
  Result<ClientResponse> response = co_await with_retries(request);
  done(std::move(response));
  done.reset();
  const std::lock_guard lock(mutex);
  --running;
  changed.notify_all();
}

Client::Client(std::shared_ptr<State> state) : state_(std::move(state)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;

Client::~Client() {
  if (!state_) return;
  std::promise<void> emptied;
  state_->loop.post([&] {
    state_->stopping = true;
    for (net::Stream* stream : state_->busy) stream->cancel();
    for (Signal* pause : state_->pausing) pause->notify();
    state_->idle.clear();
    emptied.set_value();
  });
  emptied.get_future().wait();
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->running == 0; });
}

Result<Client> Client::create(ClientOptions options, net::Io& io) {
  auto state = std::make_shared<State>(std::move(options), io.next());
  state->tls = TRY(net::make_tls_client(state->options.tls));
  return Client(std::move(state));
}

void Client::send(ClientRequest request, Done done) {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->running;
  }
  net::spawn(state_->loop, state_->run(std::move(request), std::move(done)));
}

Result<ClientResponse> Client::fetch(ClientRequest request) {
  std::promise<Result<ClientResponse>> promise;
  send(std::move(request), [&](Result<ClientResponse> response) { promise.set_value(std::move(response)); });
  return promise.get_future().get();
}

}  // namespace meridian::http
