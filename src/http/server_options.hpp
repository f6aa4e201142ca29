// ServerOptions: every setting of the server, with its default. The program maps its configuration to this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "net/tls.hpp"

namespace meridian::http {

struct ListenAddress {
  std::string host = "127.0.0.1";  ///< an address, not a name
  std::uint16_t port = 0;          ///< 0: any free one
  std::string unix_path;           ///< instead of host and port: a Unix socket, made with mode 0600
  bool tls = false;                ///< uses ServerOptions::tls
};

struct CorsOptions {
  bool enabled = false;
  std::vector<std::string> origins;  ///< "https://example.org", or "*"
  std::vector<std::string> methods = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
  std::vector<std::string> request_headers = {"Content-Type", "Authorization", "If-Match",   "If-None-Match",
                                              "Prefer",       "Accept",        "traceparent"};
  std::vector<std::string> exposed_headers = {"ETag", "Location", "Content-Location", "Last-Modified", "traceresponse"};
  bool credentials = false;  ///< never together with the origin "*"
  std::int64_t max_age_seconds = 600;
};

struct ServerLimits {
  std::uint32_t header_bytes = 32 * 1024;      ///< request line and fields together; more is 431
  std::uint32_t target_bytes = 8 * 1024;       ///< more is 414
  std::uint32_t header_fields = 100;           ///< more is 431
  std::uint64_t body_bytes = 16 << 20;         ///< of a body held in memory, after decompression; more is 413
  std::uint64_t upload_bytes = 1ULL << 40;     ///< of a body that goes to a BodySink
  std::uint64_t all_bodies_bytes = 512 << 20;  ///< of all bodies held in memory at once; more is 503
  std::uint32_t compression_ratio = 200;       ///< a compressed request that grows by more (beyond 1 MB) is a bomb: 413
  std::uint32_t connections = 10'000;          ///< more are answered 503 and closed
  std::uint32_t connections_per_address = 1'000;
  std::uint32_t requests_per_connection = 1'000'000;
  std::uint64_t pipelined_bytes = 64 * 1024;  ///< read ahead of the request being answered
};

struct ServerTimes {
  std::int64_t header_ms = 10'000;            ///< from the first byte of a request to the end of its head; else 408
  std::int64_t idle_ms = 75'000;              ///< between requests; then closed
  std::int64_t handshake_ms = 10'000;         ///< TLS
  std::int64_t answer_ms = 60'000;            ///< from the end of the request to the handler's answer; else 503
  std::int64_t stall_ms = 30'000;             ///< no byte moved in either direction while one should
  std::uint64_t body_bytes_per_second = 240;  ///< a body slower than this on average, after stall_ms, is cut: 408
};

/// How many requests a client may make; one too many is answered 429 with Retry-After. A bucket of `burst` requests,
/// filled again at the rate.
struct QuotaOptions {
  double requests_per_second = 0;  ///< 0: no quota
  std::uint32_t burst = 100;
  /// Names the client instead of its address, where something in front vouches for it ("X-Client-Id"); a field that
  /// clients choose themselves would be a way round the quota.
  std::string client_field;
  std::uint32_t max_clients = 100'000;  ///< remembered at once; further ones share a bucket
};

struct ServerOptions {
  std::vector<ListenAddress> listen = {ListenAddress{}};
  net::TlsServerOptions tls;
  ServerLimits limits;
  ServerTimes times;
  CorsOptions cors;
  QuotaOptions quota;
  std::string server_name = "Meridian";  ///< the Server field; empty: not sent
  bool compression = true;               ///< of responses, by Accept-Encoding
  std::uint32_t compression_min_bytes = 1024;
  std::int64_t hsts_seconds = 0;  ///< Strict-Transport-Security on TLS; 0: not sent
  /// Host names this server answers to (without port); empty: any. Others are 421. Guards against DNS rebinding.
  std::vector<std::string> allowed_hosts;
};

}  // namespace meridian::http
