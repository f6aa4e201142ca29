#include "net/tls.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <mutex>

#include "net/internal/tls_context.hpp"

namespace meridian::net {

namespace internal {

tl::unexpected<Error> tls_failure(const std::string& what) {
  char reason[256] = "unknown reason";
  if (const unsigned long code = ERR_peek_last_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return fail(ErrorCode::invalid_argument, what + ": " + reason);
}

}  // namespace internal

namespace {

using internal::tls_failure;

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

// Each setting is PEM text or the path of a file with it.
Owned<BIO> open_pem(const std::string& text_or_path) {
  if (text_or_path.starts_with("-----BEGIN")) {
    return Owned<BIO>(BIO_new_mem_buf(text_or_path.data(), static_cast<int>(text_or_path.size())));
  }
  return Owned<BIO>(BIO_new_file(text_or_path.c_str(), "r"));
}

Result<std::shared_ptr<TlsContext>> new_context(const SSL_METHOD* method) {
  SSL_CTX* made = SSL_CTX_new(method);
  if (made == nullptr) return tls_failure("making a TLS context");
  auto context = std::make_shared<TlsContext>(made);
  SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
  // Forward secrecy and authenticated encryption only, for TLS 1.2; 1.3 has nothing else.
  if (SSL_CTX_set_cipher_list(made, "ECDHE+AESGCM:ECDHE+CHACHA20") != 1) return tls_failure("choosing ciphers");
  SSL_CTX_set_mode(made,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_options(made, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  return context;
}

Result<> use_certificate(SSL_CTX* context, const std::string& chain, const std::string& key) {
  const Owned<BIO> chain_bio = open_pem(chain);
  if (!chain_bio) return tls_failure("opening the certificate file");
  const Owned<X509> leaf(PEM_read_bio_X509_AUX(chain_bio.get(), nullptr, nullptr, nullptr));
  if (!leaf || SSL_CTX_use_certificate(context, leaf.get()) != 1) return tls_failure("reading the certificate");
  while (X509* next = PEM_read_bio_X509(chain_bio.get(), nullptr, nullptr, nullptr)) {
    if (SSL_CTX_add0_chain_cert(context, next) != 1) {
      X509_free(next);
      return tls_failure("reading the certificate chain");
    }
  }
  ERR_clear_error();  // the end of the file is told as an error
  const Owned<BIO> key_bio = open_pem(key);
  if (!key_bio) return tls_failure("opening the key file");
  // No password is asked for: a server that starts alone has nobody to ask.
  const Owned<EVP_PKEY> private_key(
      PEM_read_bio_PrivateKey(key_bio.get(), nullptr, [](char*, int, int, void*) { return -1; }, nullptr));
  if (!private_key || SSL_CTX_use_PrivateKey(context, private_key.get()) != 1) return tls_failure("reading the key");
  if (SSL_CTX_check_private_key(context) != 1) return tls_failure("the key does not belong to the certificate");
  return {};
}

Result<> trust(SSL_CTX* context, const std::string& authorities, bool name_them_to_clients) {
  const Owned<BIO> bio = open_pem(authorities);
  if (!bio) return tls_failure("opening the certificate authorities");
  X509_STORE* store = SSL_CTX_get_cert_store(context);
  int read = 0;
  while (true) {
    const Owned<X509> authority(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
    if (!authority) break;
    if (X509_STORE_add_cert(store, authority.get()) != 1) return tls_failure("reading the certificate authorities");
    if (name_them_to_clients) SSL_CTX_add_client_CA(context, authority.get());
    ++read;
  }
  ERR_clear_error();
  if (read == 0) return fail(ErrorCode::invalid_argument, "no certificate authority is in the file or text given");
  return {};
}

Result<std::shared_ptr<TlsContext>> make_server_context(const TlsServerOptions& options) {
  std::shared_ptr<TlsContext> context = TRY(new_context(TLS_server_method()));
  TRY(use_certificate(context->get(), options.certificate_chain, options.private_key));
  // Sessions are resumed by tickets; the context's name keeps them apart from other servers'.
  static constexpr unsigned char kName[] = "meridian";
  SSL_CTX_set_session_id_context(context->get(), kName, sizeof kName - 1);
  if (options.client_certificate != ClientCertificate::none) {
    if (options.client_authorities.empty()) {
      return fail(ErrorCode::invalid_argument, "client certificates are asked for but no authority for them is given");
    }
    TRY(trust(context->get(), options.client_authorities, true));
    int mode = SSL_VERIFY_PEER;
    if (options.client_certificate == ClientCertificate::required) mode |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    SSL_CTX_set_verify(context->get(), mode, nullptr);
  }
  return context;
}

}  // namespace

struct TlsServer::State {
  TlsServerOptions options;
  mutable std::mutex mutex;
  std::shared_ptr<TlsContext> context;  // protected by mutex
};

TlsServer::TlsServer() : state_(std::make_unique<State>()) {}
TlsServer::~TlsServer() = default;

Result<std::shared_ptr<TlsServer>> TlsServer::create(TlsServerOptions options) {
  std::shared_ptr<TlsServer> server(new TlsServer);
  server->state_->options = std::move(options);
  TRY(server->reload());
  return server;
}

Result<> TlsServer::reload() {
  std::shared_ptr<TlsContext> fresh = TRY(make_server_context(state_->options));
  const std::lock_guard lock(state_->mutex);
  state_->context = std::move(fresh);
  return {};
}

std::shared_ptr<TlsContext> TlsServer::context() const {
  const std::lock_guard lock(state_->mutex);
  return state_->context;
}

Result<std::shared_ptr<TlsContext>> make_tls_client(const TlsClientOptions& options) {
  std::shared_ptr<TlsContext> context = TRY(new_context(TLS_client_method()));
  SSL_CTX_set_verify(context->get(), SSL_VERIFY_PEER, nullptr);
  if (!options.authorities.empty()) {
    TRY(trust(context->get(), options.authorities, false));
  } else if (SSL_CTX_set_default_verify_paths(context->get()) != 1) {
    return tls_failure("reading the system's certificate authorities");
  }
  if (!options.certificate_chain.empty()) {
    TRY(use_certificate(context->get(), options.certificate_chain, options.private_key));
  }
  return context;
}

}  // namespace meridian::net
