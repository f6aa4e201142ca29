#include "http/internal/connection.hpp"

#include "http/internal/spare_strings.hpp"
#include "net/tls_stream.hpp"

namespace meridian::http::internal {

using net::IoResult;
using net::IoStatus;
using net::Task;

namespace {

constexpr std::size_t kHeadRoom = 4096;

// "Example.org:8080" -> "Example.org"
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool is_allowed_host(const ServerOptions& options, std::string_view host) {
  if (options.allowed_hosts.empty()) return true;
  for (const std::string& allowed : options.allowed_hosts) {
    if (equals_ignoring_case(allowed, without_port(host))) return true;
  }
  return false;
}

}  // namespace

Request kept_of(const Request& request) {
  Request kept;
  kept.method = request.method;
  kept.target = request.target;
  kept.route = request.route;
  kept.trace = request.trace;
  kept.peer.encrypted = request.peer.encrypted;
  for (const std::string_view name : {"Origin", "Accept", "Accept-Language"}) {
    if (const auto value = request.headers.find(name)) kept.headers.add(name, *value);
  }
  return kept;
}

Connection::Connection(std::shared_ptr<ServerCore> core, std::unique_ptr<net::Stream> stream)
    : core_(std::move(core)),
      stream_(std::move(stream)),
      address_(stream_->peer().address),
      options_(*core_->options),
      scanner_(options_.limits.header_bytes) {
  core_->connections->insert(stream_->loop(), this);
}

Connection::~Connection() {
  core_->connections->erase(stream_->loop(), this);
  core_->buffered_body_bytes -= budgeted_;
  stream_->close();
}

Task<void> Connection::serve() {
  while (keep_alive_ && !cut_) {
    const Got got = co_await read_head();
    if (got != Got::request) break;
    co_await answer();
    core_->buffered_body_bytes -= std::exchange(budgeted_, 0);
    if (++answered_ >= options_.limits.requests_per_connection) break;
  }
  if (unread_ && !cut_) co_await linger();
}

void Connection::drain() {
  if (idle_) stream_->cancel();
}

void Connection::cut() {
  cut_ = true;
  stream_->cancel();
  if (exchange_) {
    exchange_->stop().request_stop();
    exchange_->wake();
  }
}

Task<Connection::Got> Connection::read_head() {
  scanner_.reset();
  route_ = nullptr;
  if (in_.empty()) {
    // Idle: no buffer is held, and draining may end it.
    if (core_->draining) co_return Got::nothing;
    release_memory();
    stream_->set_deadline(Deadline::roughly_after_milliseconds(options_.times.idle_ms));
    idle_ = true;
    const IoStatus status = co_await stream_->readable();
    idle_ = false;
    if (status != IoStatus::ok) co_return Got::nothing;
  }
  began_ = steady_nanoseconds();
  stream_->set_deadline(Deadline::at_nanoseconds(began_ + options_.times.header_ms * 1'000'000));
  while (true) {
    const HeadScanner::Found found = scanner_.scan(in_.view());
    if (found == HeadScanner::Found::complete) break;
    Refusal refusal;
    if (found == HeadScanner::Found::bare_line_feed) {
      refusal = {400, "bare-line-feed", "A line ends with LF alone."};
    } else if (found == HeadScanner::Found::too_large) {
      refusal = {431, "header-too-large", "The request's header is too large."};
    } else {
      char* room = in_.room(kHeadRoom / 2 > in_.size() ? kHeadRoom - in_.size() : kHeadRoom);
      const IoResult got = co_await stream_->read_some(room, in_.room_size());
      if (got) {
        in_.came(got.bytes);
        continue;
      }
      if (got.status != IoStatus::timed_out || in_.empty()) co_return Got::nothing;
      ++core_->timeouts;
      refusal = {408, "header-timeout", "The request's header took too long."};
      stream_->set_deadline(Deadline{});
    }
    co_await refuse(refusal);
    co_return Got::refused;
  }

  const Refusal refusal = parse_request_head(in_.view().substr(0, scanner_.size()), options_.limits, head_);
  in_.used(scanner_.size());
  minor_ = head_.minor;
  last_head_ = scanner_.size();
  if (refusal) {
    co_await refuse(refusal);
    co_return Got::refused;
  }
  make_request();
  co_return Got::request;
}

void Connection::make_request() {
  ++core_->requests;
  framing_ = head_.framing;
  body_left_ = framing_.length;
  body_came_ = body_sent_ = 0;
  body_began_ = 0;
  chunks_.reset();
  must_continue_ = head_.expects_continue && framing_.kind != BodyKind::none;
  keep_alive_ = head_.keep_alive && !core_->draining;

  request_.method = head_.method;
  std::swap(request_.target, head_.target);
  std::swap(request_.headers, head_.headers);
  request_.body.clear();
  request_.path_parameters.clear();
  request_.route = {};
  request_.deadline = Deadline{};
  request_.stop = StopToken();
  request_.peer.address = address_;
  request_.peer.port = stream_->peer().port;
  request_.peer.encrypted = stream_->is_encrypted();
  if (const net::PeerCertificate* certificate = stream_->certificate()) {
    request_.peer.certificate_subject = certificate->subject;
    request_.peer.certificate_sha256 = certificate->sha256;
  }
  request_.trace = trace_of(request_.headers);
}

// Small strings stay for the next request; what a large one needed is not kept while nothing comes.
void Connection::release_memory() {
  constexpr std::size_t kSmall = 1024;
  in_.release();
  SpareStrings::give(std::exchange(out_, {}));
  if (request_.body.capacity() > 0) std::string().swap(request_.body);
  if (last_head_ <= kSmall) return;
  request_ = Request();
  head_ = RequestHead();
}

// A request that cannot be read cannot be told from the next one: it is answered and the connection ends.
Task<void> Connection::refuse(Refusal refusal) {
  ++core_->malformed;
  keep_alive_ = false;
  unread_ = true;
  request_ = Request();
  request_.trace = trace_of(request_.headers);
  co_await write_response(Response::problem(refusal.status, refusal.detail), refusal.name);
}

/// Finds the route, or says why there is none.
std::optional<Response> Connection::answer_without_route(Router::Match match) {
  route_ = match.route;
  if (route_ != nullptr) return std::nullopt;
  if (match.status == 204) return Response(204).with("Allow", match.allow);
  if (match.status == 405) {
    return Response::problem(405, "This path does not know that method.").with("Allow", match.allow);
  }
  return Response::problem(404, "Nothing is at this path.");
}

std::optional<Response> Connection::check_quota() {
  if (!core_->quota || (route_ != nullptr && route_->is_unmetered)) return std::nullopt;
  const std::string client = quota_client(request_, options_.quota);
  if (client.empty()) return std::nullopt;
  const std::int64_t wait_seconds = core_->quota->take(client, began_);
  if (wait_seconds == 0) return std::nullopt;
  ++core_->over_quota;
  Response refused = Response::problem(429, "This client makes too many requests; repeat later.");
  refused.headers.set("Retry-After", std::to_string(wait_seconds));
  return refused;
}

Task<void> Connection::answer() {
  if (!is_allowed_host(options_, request_.host())) {
    keep_alive_ = false;
    unread_ = true;
    co_await write_response(Response::problem(421, "This server does not answer for that host."), "host-unknown");
    co_return;
  }
  std::optional<Response> early = answer_preflight(request_, options_.cors);
  if (!early) early = answer_without_route(core_->router.match(request_));
  std::string_view fault;
  if (std::optional<Response> refused = check_quota()) {
    early = std::move(refused);
    fault = "over-quota";
  }
  if (early) {
    // The body is read and dropped, so that the next request begins where it should; a long one ends the connection.
    const Refusal refusal = co_await discard_body();
    if (refusal) keep_alive_ = false;
    co_await write_response(*std::move(early), fault);
    co_return;
  }
  if (route_->websocket) {
    co_await serve_websocket(*route_);
    co_return;
  }
  Response response = co_await run_handler(*route_);
  if (cut_) co_return;
  co_await write_response(std::move(response));
}

// Closing while the peer still sends makes its system throw away what it has received of ours.
// https://www.rfc-editor.org/rfc/rfc9112#section-9.6
Task<void> Connection::linger() {
  constexpr std::int64_t kMilliseconds = 2'000;
  constexpr std::size_t kMost = 1 << 20;
  stream_->shutdown_write();
  stream_->set_deadline(Deadline::after_milliseconds(kMilliseconds));
  in_.used(in_.size());
  for (std::size_t dropped = 0; dropped < kMost;) {
    char* room = in_.room(16 * 1024);
    const IoResult got = co_await stream_->read_some(room, in_.room_size());
    if (!got) break;
    dropped += got.bytes;
  }
}

void Connection::log_access(int status, std::string_view fault) {
  if (!core_->services.access_log) return;
  AccessEntry entry;
  const bool unread = !fault.empty() && request_.target.raw.empty();
  entry.method = unread ? std::string_view("-") : name(request_.method);
  entry.route = request_.route.empty() ? std::string_view("-") : request_.route;
  entry.status = status;
  entry.received_bytes = body_came_;
  entry.sent_bytes = body_sent_;
  entry.microseconds = (steady_nanoseconds() - began_) / 1000;
  entry.peer_address = address_;
  const std::string trace_id = request_.trace.trace_id();
  entry.trace_id = trace_id;
  entry.fault = fault;
  core_->services.access_log(entry);
}

Task<void> serve_connection(std::shared_ptr<ServerCore> core, std::unique_ptr<net::Stream> stream, bool tls) {
  const std::string address = stream->peer().address;
  if (tls) {
    const Deadline deadline = Deadline::after_milliseconds(core->options->times.handshake_ms);
    Result<std::unique_ptr<net::Stream>> secured =
        co_await net::accept_tls(std::move(stream), core->tls->context(), deadline);
    if (secured) stream = *std::move(secured);
  }
  if (stream && !core->cutting) {
    Connection connection(core, std::move(stream));
    co_await connection.serve();
  }
  stream.reset();
  core->connections->leave(address);
}

}  // namespace meridian::http::internal
