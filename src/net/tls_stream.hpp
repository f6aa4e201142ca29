// TLS over a Stream: the handshake of either side, and a Stream that speaks in plain text above it.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/stream.hpp"
#include "net/task.hpp"
#include "net/tls.hpp"

namespace meridian::net {

/// The server's handshake. Errors: malformed_input, unauthenticated (its certificate), timeout, io_failure.
Task<Result<std::unique_ptr<Stream>>> accept_tls(std::unique_ptr<Stream> below, std::shared_ptr<TlsContext> context,
                                                 Deadline deadline);
/// The client's; the certificate must be valid for `host`, a name or an address. The same errors.
Task<Result<std::unique_ptr<Stream>>> connect_tls(std::unique_ptr<Stream> below, std::shared_ptr<TlsContext> context,
                                                  std::string host, Deadline deadline);

/// A client's way to a host: its name resolved, a connection made, and TLS above it unless `tls` is null; so many
/// milliseconds for each. The errors of the three.
Task<Result<std::unique_ptr<Stream>>> reach(Loop& loop, std::string host, std::uint16_t port,
                                            std::shared_ptr<TlsContext> tls, std::int64_t milliseconds_each);

}  // namespace meridian::net
