// TlsContext: a shared SSL_CTX, and what OpenSSL says when something fails.
#pragma once

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "base/result.hpp"
#include "net/tls.hpp"

namespace meridian::net {

class TlsContext {
 public:
  explicit TlsContext(SSL_CTX* context) : context_(context) {}
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  ~TlsContext() { SSL_CTX_free(context_); }
  SSL_CTX* get() const { return context_; }

 private:
  SSL_CTX* context_;
};

namespace internal {
/// invalid_argument with OpenSSL's newest reason; empties its queue.
tl::unexpected<Error> tls_failure(const std::string& what);
}  // namespace internal

}  // namespace meridian::net
