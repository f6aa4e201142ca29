// HTTPS: handshakes, client certificates, reloading, seen through our own client.
#include <gtest/gtest.h>

#include <fstream>
#include <memory>

#include "http/client.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"
#include "net/testing/authority.hpp"

namespace meridian::http {
namespace {

using net::testing::Authority;
using net::testing::Identity;
using testing::TestServer;

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
