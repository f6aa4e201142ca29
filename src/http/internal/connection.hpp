// Connection: one client's requests, one after another, from the first byte to the last.
//
//   read head -> find route -> read body -> run handler -> write response -> again, or close
//
// Lives on one Loop and is touched only there; what runs elsewhere is reached through an Exchange.
#pragma once

#include <memory>
#include <string>

#include "http/internal/chunk_decoder.hpp"
#include "http/internal/exchange.hpp"
#include "http/internal/input_buffer.hpp"
#include "http/internal/request_head.hpp"
#include "http/internal/response_head.hpp"
#include "http/internal/server_core.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"

namespace meridian::http::internal {

/// What the log, the trace, CORS and the form of a problem need of a request that its handler has taken.
Request kept_of(const Request& request);

class Connection {
 public:
  Connection(std::shared_ptr<ServerCore> core, std::unique_ptr<net::Stream> stream);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  net::Task<void> serve();

  /// Closes when idle; otherwise the answer in flight is the last.
  void drain();
  /// Ends now.
  void cut();

 private:
  enum class Got : std::uint8_t { request, refused, nothing };

  // connection.cpp
  net::Task<Got> read_head();
  net::Task<void> answer();
  std::optional<Response> answer_without_route(Router::Match match);
  std::optional<Response> check_quota();
  net::Task<void> refuse(Refusal refusal);
  net::Task<void> linger();
  void make_request();
  void release_memory();
  void log_access(int status, std::string_view fault);

  // connection_body.cpp
  bool is_body_complete() const;
  /// Reads more of the body, appending at most up to `limit` bytes in `out`; at least one, unless it is complete.
  net::Task<Refusal> read_body_some(std::string& out, std::size_t limit);
  net::Task<Refusal> read_whole_body(const Route& route);
  net::Task<Refusal> discard_body();
  net::Task<Refusal> upload(const Route& route, std::shared_ptr<Exchange> exchange);
  Refusal check_pace() const;

  // connection_websocket.cpp
  net::Task<void> serve_websocket(const Route& route);

  // connection_answer.cpp
  net::Task<Response> run_handler(const Route& route);
  net::Task<Response> wait_for_answer(std::shared_ptr<Exchange> exchange, Deadline deadline);
  net::Task<void> write_response(Response response, std::string_view fault = {});
  net::Task<bool> write_source(Response& response, const Sending& sending, bool pooled);
  net::Task<bool> write_paced(std::string_view first, std::string_view second = {});
  net::Task<bool> on_pool(Callback<void()> work);

  const std::shared_ptr<ServerCore> core_;
  const std::unique_ptr<net::Stream> stream_;
  const std::string address_;
  const ServerOptions& options_;

  InputBuffer in_;
  HeadScanner scanner_;
  RequestHead head_;  // its target and fields change places with those of request_, so that their memory is used again
  std::string out_;

  // Of the request at hand:
  Request request_;
  const Route* route_ = nullptr;
  std::size_t last_head_ = 0;  // bytes of its head
  BodyFraming framing_;
  ChunkDecoder chunks_;
  std::uint64_t body_left_ = 0;
  std::uint64_t body_came_ = 0;
  std::uint64_t body_sent_ = 0;
  std::uint64_t budgeted_ = 0;  // bytes taken from the server's budget for bodies in memory
  int minor_ = 1;
  bool keep_alive_ = true;
  bool must_continue_ = false;  // the client waits for 100 Continue
  std::int64_t began_ = 0;
  std::int64_t body_began_ = 0;
  std::int64_t write_began_ = 0;
  std::shared_ptr<Exchange> exchange_;
  std::uint32_t answered_ = 0;

  bool idle_ = false;
  bool cut_ = false;
  bool unread_ = false;  // the peer may still be sending: closing at once could destroy the answer on its way
  std::shared_ptr<Signal> pool_done_;
};

/// Takes a connection from the accepted socket to its end: handshake, requests, bookkeeping.
net::Task<void> serve_connection(std::shared_ptr<ServerCore> core, std::unique_ptr<net::Stream> stream, bool tls);

}  // namespace meridian::http::internal
