// TLS settings and contexts: what the program says of certificates, and the OpenSSL contexts made from it.
//
// TLS 1.2 and 1.3 only, OpenSSL's default ciphers less anything without forward secrecy. A context is shared by many
// connections and threads; a TlsServer can be given new certificates while it runs (reload), which only connections
// made afterwards see.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.hpp"

namespace meridian::net {

enum class ClientCertificate : std::uint8_t { none, optional, required };

/// Each of certificate, key and authorities is a file's path or PEM text (it begins with "-----BEGIN").
struct TlsServerOptions {
  std::string certificate_chain;
  std::string private_key;
  ClientCertificate client_certificate = ClientCertificate::none;
  std::string client_authorities;  ///< who may sign client certificates
};

struct TlsClientOptions {
  std::string authorities;        ///< empty: those of the system
  std::string certificate_chain;  ///< to show to the server; may be empty
  std::string private_key;
};

/// Shared, immutable OpenSSL contexts behind two names.
class TlsContext;

/// The server's side; use from any thread.
class TlsServer {
 public:
  /// Errors: invalid_argument, with OpenSSL's reason.
  static Result<std::shared_ptr<TlsServer>> create(TlsServerOptions options);
  ~TlsServer();
  /// Reads the files again. On error the old certificates stay in use.
  Result<> reload();
  std::shared_ptr<TlsContext> context() const;

 private:
  TlsServer();
  struct State;
  std::unique_ptr<State> state_;
};

/// The client's side.
Result<std::shared_ptr<TlsContext>> make_tls_client(const TlsClientOptions& options);

}  // namespace meridian::net
