// Client: HTTP/1.1 requests to other systems: verified, bounded, and never talked into asking our own network.
//
// send() answers on a loop's thread, fetch() waits on the caller's (for the command line and tests; not from a pool or
// loop thread). Idle connections are kept and used again. Idempotent requests are repeated after a broken connection,
// 502, 503, 504 or 429, with growing, jittered pauses or as Retry-After says.
// SSRF: the host is resolved, every address is judged, and the connection goes to an address that was judged; the
// same on every redirect. Redirects never go from https to http, and to another host carry no Authorization.
// Lifetime: Io outlives the Client. Its destructor cuts what is under way and waits for it.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/callback.hpp"
#include "base/result.hpp"
#include "http/headers.hpp"
#include "http/method.hpp"
#include "net/tls.hpp"

namespace meridian::net {
class Io;
}

namespace meridian::http {

enum class AllowedReach : std::uint8_t {
  public_only,  ///< no loopback, link-local, private or special address
  private_too,  ///< also private networks, where a hospital's systems are; not loopback nor link-local
  anywhere      ///< also loopback, and Unix sockets
};

struct ClientOptions {
  net::TlsClientOptions tls;
  AllowedReach allowed_reach = AllowedReach::public_only;
  /// "host", "host:port" or "unix:/path/of/socket" that may be asked wherever they are.
  std::vector<std::string> allowed_hosts;
  std::int64_t connect_ms = 10'000;
  std::int64_t total_ms = 60'000;  ///< of a request with its redirects and repetitions
  std::int64_t stall_ms = 30'000;  ///< no byte moved
  std::int64_t idle_ms = 30'000;   ///< how long an unused connection is kept
  std::uint32_t max_idle_connections = 64;
  std::uint32_t max_redirects = 5;
  std::uint32_t max_retries = 2;
  std::int64_t first_pause_ms = 200;  ///< before the first repetition; doubles, and a random half of it is taken off
  std::uint64_t max_header_bytes = 64 * 1024;
  std::uint64_t max_body_bytes = 64 << 20;
  std::string user_agent = "Meridian";
};

struct ClientRequest {
  Method method = Method::get;
  std::string url;  ///< "https://example.org/fhir/Patient?x=y"; "unix:/path/of/socket:/fhir" for a Unix socket
  Headers headers = {};
  std::string body = {};
  /// What comes after `body`, piece by piece until an empty one, in chunked coding; on the loop's thread, which waits
  /// for it. A request with it is sent once: neither repeated nor redirected.
  Callback<std::string()> next_piece = {};
  std::int64_t total_ms = 0;  ///< 0: the client's
  /// Gets the body piece by piece, on the loop's thread, instead of ClientResponse::body; false stops. Only of a
  /// final 2xx response.
  Callback<bool(std::string_view)> on_body = {};
};

struct ClientResponse {
  int status = 0;
  Headers headers;
  std::string body;  ///< decompressed
  std::string url;   ///< the last one, after redirects
  std::uint32_t attempts = 1;
};

class Client {
 public:
  static Result<Client> create(ClientOptions options, net::Io& io);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  using Done = Callback<void(Result<ClientResponse>)>;
  /// Any complete response is a result, whatever its status. Errors: invalid_argument (URL), forbidden (the guard),
  /// not_found (the name), unauthenticated (the certificate), timeout, too_large, malformed_input, io_failure.
  void send(ClientRequest request, Done done);
  Result<ClientResponse> fetch(ClientRequest request);

 private:
  struct State;
  explicit Client(std::shared_ptr<State> state);
  std::shared_ptr<State> state_;
};

/// The parts of a URL that a client needs.
struct Url {
  bool tls = false;
  std::string host;  ///< without brackets
  std::uint16_t port = 0;
  std::string target;     ///< "/path?query", never empty
  std::string unix_path;  ///< instead of host and port
};
Result<Url> parse_url(std::string_view text);
/// A Location against the URL it came from.
Result<std::string> resolve_reference(std::string_view base, std::string_view reference);

}  // namespace meridian::http
