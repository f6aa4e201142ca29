#include "net/tls_stream.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <vector>

#include "net/connect.hpp"
#include "net/internal/tls_context.hpp"

namespace meridian::net {
namespace {

// OpenSSL reads and writes through the stream below by this BIO: what would block is told as "retry", nothing is
// buffered twice and no SIGPIPE can arise.
const BIO_METHOD* bio_method();

class TlsStream final : public Stream {
 public:
  TlsStream(std::unique_ptr<Stream> below, std::shared_ptr<TlsContext> context)
      : Stream(below->loop()), below_(std::move(below)), context_(std::move(context)), ssl_(SSL_new(context_->get())) {
    if (ssl_ == nullptr) return;
    BIO* bio = BIO_new(bio_method());
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_, bio, bio);
  }
  ~TlsStream() override { SSL_free(ssl_); }

  SSL* ssl() const { return ssl_; }
  Stream& below() const { return *below_; }

  Attempt try_handshake() {
    ERR_clear_error();
    return attempt_of(SSL_do_handshake(ssl_));
  }

  Attempt try_read(char* to, std::size_t size) override {
    ERR_clear_error();
    return attempt_of(SSL_read(ssl_, to, static_cast<int>(std::min<std::size_t>(size, 1 << 30))));
  }

  // A record holds 16 KB: small heads and bodies go into one, so that a short answer is one packet.
  Attempt try_write(std::string_view first, std::string_view second) override {
    constexpr std::size_t kRecord = 16 * 1024;
    ERR_clear_error();
    if (first.empty()) std::swap(first, second);
    if (second.empty() || first.size() >= kRecord) {
      return attempt_of(SSL_write(ssl_, first.data(), static_cast<int>(std::min(first.size(), kRecord))));
    }
    char record[kRecord];
    std::size_t size = first.copy(record, kRecord);
    size += second.copy(record + size, kRecord - size);
    return attempt_of(SSL_write(ssl_, record, static_cast<int>(size)));
  }

  void wait(Readiness readiness, Waiter& waiter) override { below_->wait(readiness, waiter); }
  bool has_buffered() const override { return SSL_has_pending(ssl_) != 0 || below_->has_buffered(); }
  bool peer_has_gone() override { return below_->peer_has_gone(); }

  void shutdown_write() override {
    ERR_clear_error();
    if (established_) SSL_shutdown(ssl_);  // sends close_notify if the socket takes it; no more can be done for it
    below_->shutdown_write();
  }
  void close() override {
    cancel();
    below_->close();
  }

  const PeerAddress& peer() const override { return below_->peer(); }
  const PeerCertificate* certificate() const override { return &certificate_; }
  bool is_encrypted() const override { return true; }

  void established() {
    established_ = true;
    X509* shown = SSL_get0_peer_certificate(ssl_);
    if (shown == nullptr) return;
    if (BIO* text = BIO_new(BIO_s_mem())) {
      X509_NAME_print_ex(text, X509_get_subject_name(shown), 0,
                         XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
      char* data = nullptr;
      const long size = BIO_get_mem_data(text, &data);
      if (size > 0) certificate_.subject.assign(data, static_cast<std::size_t>(size));
      BIO_free(text);
    }
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int size = 0;
    if (X509_digest(shown, EVP_sha256(), digest, &size) == 1) {
      constexpr std::string_view kHex = "0123456789abcdef";
      for (unsigned int i = 0; i < size; ++i) {
        certificate_.sha256 += kHex[digest[i] >> 4];
        certificate_.sha256 += kHex[digest[i] & 15];
      }
    }
  }

 private:
  void cancel_waits() override { below_->cancel(); }

  Attempt attempt_of(int returned) {
    if (returned > 0) return {{static_cast<std::size_t>(returned), IoStatus::ok}};
    switch (SSL_get_error(ssl_, returned)) {
      case SSL_ERROR_WANT_READ:
        return {{0, IoStatus::would_block}, Readiness::readable};
      case SSL_ERROR_WANT_WRITE:
        return {{0, IoStatus::would_block}, Readiness::writable};
      case SSL_ERROR_ZERO_RETURN:
        return {{0, IoStatus::end}};
      default:
        // Also an end without close_notify: what came so far may have been cut by anyone.
        return {{0, IoStatus::failed}};
    }
  }

  std::unique_ptr<Stream> below_;
  std::shared_ptr<TlsContext> context_;
  SSL* ssl_;
  bool established_ = false;
  PeerCertificate certificate_;
};

int bio_read(BIO* bio, char* to, int size) {
  BIO_clear_retry_flags(bio);
  auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
  const Stream::Attempt tried = stream->below().try_read(to, static_cast<std::size_t>(size));
  if (tried.result) return static_cast<int>(tried.result.bytes);
  if (tried.result.status == IoStatus::would_block) BIO_set_retry_read(bio);
  return tried.result.status == IoStatus::end ? 0 : -1;
}

int bio_write(BIO* bio, const char* from, int size) {
  BIO_clear_retry_flags(bio);
  auto* stream = static_cast<TlsStream*>(BIO_get_data(bio));
  const Stream::Attempt tried = stream->below().try_write({from, static_cast<std::size_t>(size)}, {});
  if (tried.result) return static_cast<int>(tried.result.bytes);
  if (tried.result.status == IoStatus::would_block) BIO_set_retry_write(bio);
  return -1;
}

long bio_control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
  return command == BIO_CTRL_FLUSH ? 1 : 0;
}

const BIO_METHOD* bio_method() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "meridian stream");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

class HandshakeAwaiter final : public AwaitedOperation {
 public:
  explicit HandshakeAwaiter(TlsStream& stream) : AwaitedOperation(stream), tls_(stream) {}
  IoStatus await_resume() const { return result_.status; }

 private:
  Stream::Attempt attempt() override { return tls_.try_handshake(); }
  TlsStream& tls_;
};

Error handshake_error(IoStatus status, const TlsStream& stream) {
  if (status == IoStatus::timed_out) return {ErrorCode::timeout, "the TLS handshake took too long"};
  if (status == IoStatus::cancelled) return {ErrorCode::cancelled, "the TLS handshake was cancelled"};
  if (const long verdict = SSL_get_verify_result(stream.ssl()); verdict != X509_V_OK) {
    ERR_clear_error();
    return {ErrorCode::unauthenticated,
            std::string("the peer's certificate is not accepted: ") + X509_verify_cert_error_string(verdict)};
  }
  char reason[256] = "the connection ended";
  if (const unsigned long code = ERR_peek_last_error(); code != 0) ERR_error_string_n(code, reason, sizeof reason);
  ERR_clear_error();
  return {ErrorCode::io_failure, std::string("the TLS handshake failed: ") + reason};
}

Task<Result<std::unique_ptr<Stream>>> handshake(std::unique_ptr<TlsStream> stream, Deadline deadline) {
  stream->set_deadline(deadline);
  const IoStatus status = co_await HandshakeAwaiter(*stream);
  if (status != IoStatus::ok) co_return fail(handshake_error(status, *stream));
  stream->established();
  stream->set_deadline(Deadline{});
  co_return std::unique_ptr<Stream>(std::move(stream));
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> accept_tls(std::unique_ptr<Stream> below, std::shared_ptr<TlsContext> context,
                                                 Deadline deadline) {
  auto stream = std::make_unique<TlsStream>(std::move(below), std::move(context));
  if (stream->ssl() == nullptr) co_return internal::tls_failure("making a TLS connection");
  SSL_set_accept_state(stream->ssl());
  co_return co_await handshake(std::move(stream), deadline);
}

Task<Result<std::unique_ptr<Stream>>> connect_tls(std::unique_ptr<Stream> below, std::shared_ptr<TlsContext> context,
                                                  std::string host, Deadline deadline) {
  auto stream = std::make_unique<TlsStream>(std::move(below), std::move(context));
  if (stream->ssl() == nullptr) co_return internal::tls_failure("making a TLS connection");
  SSL* ssl = stream->ssl();
  SSL_set_connect_state(ssl);
  // A name is checked against the certificate's names, an address against its addresses.
  X509_VERIFY_PARAM* rules = SSL_get0_param(ssl);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    if (SSL_set1_host(ssl, host.c_str()) != 1) co_return internal::tls_failure("naming the host to verify");
    SSL_set_tlsext_host_name(ssl, host.c_str());
  }
  co_return co_await handshake(std::move(stream), deadline);
}

Task<Result<std::unique_ptr<Stream>>> reach(Loop& loop, std::string host, std::uint16_t port,
                                            std::shared_ptr<TlsContext> tls, std::int64_t milliseconds_each) {
  const auto deadline = [milliseconds_each] { return Deadline::after_milliseconds(milliseconds_each); };
  Result<std::vector<Address>> addresses = co_await resolve(loop, host, port, deadline());
  if (!addresses) co_return fail(std::move(addresses).error());
  Result<std::unique_ptr<Stream>> made = co_await connect(loop, *std::move(addresses), deadline());
  if (made && tls) made = co_await connect_tls(*std::move(made), tls, host, deadline());
  co_return made;
}

}  // namespace meridian::net
