// HTTPS: handshakes, client certificates, reloading, seen through our own client.
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <fstream>
#include <memory>

#include "http/client.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using testing::TestServer;

struct Identity {
  std::string certificate;
  std::string key;
};

/// Makes certificates for tests: an authority, and what it signs.
class Authority {
 public:
  Authority() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(make("Test Authority", nullptr, "")) {}

  std::string pem() const { return text(certificate_.get()); }

  Identity identity(const char* common_name, const std::string& names) {
    const Key key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const Certificate certificate = make(common_name, key.get(), names);
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    Identity made{text(certificate.get()), take(bio)};
    return made;
  }

 private:
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

  static std::string take(BIO* bio) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio, &data);
    std::string out(data, static_cast<std::size_t>(size));
    BIO_free(bio);
    return out;
  }
  static std::string text(X509* certificate) {
    BIO* bio = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(bio, certificate);
    return take(bio);
  }

  /// Without a key: the authority itself.
  Certificate make(const char* common_name, EVP_PKEY* key, const std::string& names) {
    Certificate made(X509_new(), X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), key == nullptr ? key_.get() : key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(common_name), -1, -1, 0);
    X509_set_issuer_name(made.get(), X509_get_subject_name(key == nullptr ? made.get() : certificate_.get()));
    X509V3_CTX context;
    X509V3_set_ctx(&context, key == nullptr ? made.get() : certificate_.get(), made.get(), nullptr, nullptr, 0);
    const auto extend = [&](int kind, const std::string& value) {
      X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
      X509_add_ext(made.get(), extension, -1);
      X509_EXTENSION_free(extension);
    };
    if (key == nullptr) extend(NID_basic_constraints, "critical,CA:TRUE");
    if (!names.empty()) extend(NID_subject_alt_name, names);
    X509_sign(made.get(), key_.get(), EVP_sha256());
    return made;
  }

  int serial_ = 0;
  Key key_;
  Certificate certificate_;
};

Router who_router() {
  Router router;
  router.add(Method::get, "/who", [](const Request& request) {
    return Response::text(std::string(request.peer.encrypted ? "tls " : "plain ") + request.peer.certificate_subject);
  });
  router.add(Method::get, "/large", [](const Request&) { return Response::text(std::string(3'000'000, 'x')); });
  return router;
}

class Tls : public ::testing::Test {
 protected:
  ServerOptions options() {
    const Identity identity = authority_.identity("localhost", "DNS:localhost,IP:127.0.0.1");
    ServerOptions made;
    made.listen[0].tls = true;
    made.tls.certificate_chain = identity.certificate;
    made.tls.private_key = identity.key;
    return made;
  }
  ClientOptions client_options() const {
    ClientOptions made;
    made.tls.authorities = authority_.pem();
    made.allowed_reach = AllowedReach::anywhere;
    made.max_retries = 0;
    return made;
  }
  Result<ClientResponse> get(TestServer& server, const ClientOptions& options, const std::string& path,
                             const std::string& host = "127.0.0.1") {
    Result<Client> client = Client::create(options, server.io());
    if (!client) return fail(client.error());
    return client->fetch({.url = "https://" + host + ':' + std::to_string(server.port()) + path});
  }
  Authority authority_;
};

TEST_F(Tls, serves_a_client_that_knows_the_authority) {
  TestServer server(who_router(), options());
  const Result<ClientResponse> response = get(server, client_options(), "/who");
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->body, "tls ");
}

TEST_F(Tls, carries_bodies_of_many_records) {
  TestServer server(who_router(), options());
  const Result<ClientResponse> response = get(server, client_options(), "/large");
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->body.size(), 3'000'000u);
}

TEST_F(Tls, is_refused_by_a_client_that_does_not_know_the_authority) {
  TestServer server(who_router(), options());
  ClientOptions stranger = client_options();
  stranger.tls.authorities = Authority().pem();
  const Result<ClientResponse> response = get(server, stranger, "/who");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), ErrorCode::unauthenticated);
}

TEST_F(Tls, is_refused_when_the_certificate_is_for_another_host) {
  ServerOptions other = options();
  const Identity identity = authority_.identity("elsewhere", "DNS:elsewhere.example");
  other.tls.certificate_chain = identity.certificate;
  other.tls.private_key = identity.key;
  TestServer server(who_router(), other);
  const Result<ClientResponse> response = get(server, client_options(), "/who");
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), ErrorCode::unauthenticated);
}

TEST_F(Tls, shows_the_handler_who_the_client_is) {
  ServerOptions with_clients = options();
  with_clients.tls.client_certificate = net::ClientCertificate::required;
  with_clients.tls.client_authorities = authority_.pem();
  TestServer server(who_router(), with_clients);
  ClientOptions known = client_options();
  const Identity nurse = authority_.identity("station-3", "");
  known.tls.certificate_chain = nurse.certificate;
  known.tls.private_key = nurse.key;
  const Result<ClientResponse> response = get(server, known, "/who");
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->body, "tls CN=station-3");
  EXPECT_FALSE(get(server, client_options(), "/who")) << "a client without a certificate was served";
  ClientOptions forged = client_options();
  Authority stranger;
  const Identity other = stranger.identity("station-3", "");
  forged.tls.certificate_chain = other.certificate;
  forged.tls.private_key = other.key;
  EXPECT_FALSE(get(server, forged, "/who")) << "a certificate of a strange authority was accepted";
}

TEST_F(Tls, shows_new_certificates_after_a_reload) {
  const std::string folder = ::testing::TempDir();
  const std::string certificate_path = folder + "meridian-reload.crt";
  const std::string key_path = folder + "meridian-reload.key";
  const auto write = [&](const Identity& identity) {
    std::ofstream(certificate_path) << identity.certificate;
    std::ofstream(key_path) << identity.key;
  };
  write(authority_.identity("old", "DNS:elsewhere.example"));
  ServerOptions from_files = options();
  from_files.tls.certificate_chain = certificate_path;
  from_files.tls.private_key = key_path;
  TestServer server(who_router(), from_files);
  EXPECT_FALSE(get(server, client_options(), "/who"));
  write(authority_.identity("new", "IP:127.0.0.1"));
  ASSERT_TRUE(server.server().reload_certificates());
  EXPECT_TRUE(get(server, client_options(), "/who"));
  std::ofstream(key_path) << "nonsense";
  EXPECT_FALSE(server.server().reload_certificates());
  EXPECT_TRUE(get(server, client_options(), "/who")) << "the old certificate was lost";
}

TEST_F(Tls, survives_a_client_that_speaks_plain_text) {
  TestServer server(who_router(), options());
  testing::RawClient plain(server.port());
  plain.send("GET /who HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(plain.response().status, 0);
  EXPECT_TRUE(get(server, client_options(), "/who"));
}

TEST_F(Tls, ends_a_handshake_that_never_comes) {
  ServerOptions hasty = options();
  hasty.times.handshake_ms = 20;
  TestServer server(who_router(), hasty);
  testing::RawClient silent(server.port());
  EXPECT_TRUE(silent.is_closed());
}

}  // namespace
}  // namespace meridian::http
