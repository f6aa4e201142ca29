// TLS streams: handshakes that succeed and fail, certificates of clients, honest and dishonest endings.
#include "net/tls_stream.hpp"

#include <gtest/gtest.h>

#include <string>

#include "net/testing/authority.hpp"
#include "net/testing/run.hpp"

namespace meridian::net {
namespace {

using testing::Authority;
using testing::begin;
using testing::Identity;
using testing::on;
using testing::run;

using Shaken = Result<std::unique_ptr<Stream>>;

/// Both sides' results. The streams lie on the loop: end() takes them away there.
struct Hands {
  Shaken server = fail(ErrorCode::internal, "not tried");
  Shaken client = fail(ErrorCode::internal, "not tried");
};

class TlsStreams : public ::testing::Test {
 protected:
  TlsStreams() {
    const Identity identity = authority_.identity("localhost", "DNS:localhost,IP:127.0.0.1");
    server_options_.certificate_chain = identity.certificate;
    server_options_.private_key = identity.key;
    client_options_.authorities = authority_.pem();
  }
  ~TlsStreams() override {
    on(loop_, [&] { hands_ = Hands(); });
  }

  static Task<void> shake(Task<Shaken> hand, Shaken& out) { out = co_await hand; }

  void shake_hands(const std::string& host = "localhost") {
    const Result<std::shared_ptr<TlsServer>> server = TlsServer::create(server_options_);
    ASSERT_TRUE(server) << server.error().message();
    const Result<std::shared_ptr<TlsContext>> client = make_tls_client(client_options_);
    ASSERT_TRUE(client) << client.error().message();
    SocketPair pair = *make_socket_pair();
    const Deadline deadline = Deadline::after_milliseconds(20'000);
    std::unique_ptr<Stream> below_server;
    std::unique_ptr<Stream> below_client;
    on(loop_, [&] {
      below_server = make_stream(loop_, std::move(pair.first));
      below_client = make_stream(loop_, std::move(pair.second));
    });
    auto serving =
        begin(loop_, shake(accept_tls(std::move(below_server), (*server)->context(), deadline), hands_.server));
    run(loop_, shake(connect_tls(std::move(below_client), *client, host, deadline), hands_.client));
    serving->get();
  }

  Stream& server() { return **hands_.server; }
  Stream& client() { return **hands_.client; }

  Task<IoStatus> read(Stream& stream, std::string& out, std::size_t size = 1000) {
    out.resize(size);
    const IoResult got = co_await stream.read_some(out.data(), size);
    out.resize(got.bytes);
    co_return got.status;
  }
  Task<IoStatus> write(Stream& stream, std::string_view first, std::string_view second = {}) {
    co_return co_await stream.write_all(first, second);
  }

  Io io_{{.threads = 1, .tick_milliseconds = 5}};
  Loop& loop_ = io_.at(0);
  Authority authority_;
  TlsServerOptions server_options_;
  TlsClientOptions client_options_;
  Hands hands_;
};

TEST_F(TlsStreams, carry_bytes_both_ways) {
  shake_hands();
  ASSERT_TRUE(hands_.server && hands_.client);
  EXPECT_TRUE(server().is_encrypted());
  std::string got;
  EXPECT_EQ(run(loop_, write(client(), "head ", "and body")), IoStatus::ok);
  EXPECT_EQ(run(loop_, read(server(), got)), IoStatus::ok);
  EXPECT_EQ(got, "head and body");
  EXPECT_EQ(run(loop_, write(server(), "answer")), IoStatus::ok);
  EXPECT_EQ(run(loop_, read(client(), got)), IoStatus::ok);
  EXPECT_EQ(got, "answer");
}

TEST_F(TlsStreams, know_of_a_record_that_came_together_with_another) {
  shake_hands();
  ASSERT_TRUE(hands_.server && hands_.client);
  std::string got;
  const auto wait = [&]() -> Task<IoStatus> { co_return co_await server().readable(); };
  auto waiting = begin(loop_, wait());
  const auto two_records = [&]() -> Task<void> {
    EXPECT_EQ(co_await client().write_all("one"), IoStatus::ok);
    EXPECT_EQ(co_await client().write_all("two"), IoStatus::ok);
  };
  run(loop_, two_records());
  EXPECT_EQ(waiting->get(), IoStatus::ok);
  EXPECT_EQ(run(loop_, read(server(), got)), IoStatus::ok);
  EXPECT_EQ(got, "one");
  EXPECT_EQ(run(loop_, wait()), IoStatus::ok) << "the second record lies above the socket and was not seen";
  EXPECT_EQ(run(loop_, read(server(), got)), IoStatus::ok);
  EXPECT_EQ(got, "two");
}

TEST_F(TlsStreams, carry_much_while_both_sides_write) {
  shake_hands();
  ASSERT_TRUE(hands_.server && hands_.client);
  const std::string much(3 << 20, 'm');
  const auto read_much = [&](Stream& stream) -> Task<std::size_t> {
    std::size_t total = 0;
    char piece[8192];
    while (total < much.size()) {
      const IoResult got = co_await stream.read_some(piece, sizeof piece);
      if (!got) break;
      total += got.bytes;
    }
    co_return total;
  };
  auto at_server = begin(loop_, read_much(server()));
  auto at_client = begin(loop_, read_much(client()));
  auto from_server = begin(loop_, write(server(), much));
  auto from_client = begin(loop_, write(client(), much));
  EXPECT_EQ(from_server->get(), IoStatus::ok);
  EXPECT_EQ(from_client->get(), IoStatus::ok);
  EXPECT_EQ(at_server->get(), much.size());
  EXPECT_EQ(at_client->get(), much.size());
}

TEST_F(TlsStreams, tell_an_honest_end_from_a_cut) {
  shake_hands();
  ASSERT_TRUE(hands_.server && hands_.client);
  std::string got;
  on(loop_, [&] { client().shutdown_write(); });  // close_notify, then the end of the socket
  EXPECT_EQ(run(loop_, read(server(), got)), IoStatus::end);

  on(loop_, [&] { server().close(); });  // no close_notify: anybody could have cut it
  EXPECT_EQ(run(loop_, read(client(), got)), IoStatus::failed);
}

TEST_F(TlsStreams, are_refused_by_a_client_that_does_not_trust_the_server) {
  client_options_.authorities = Authority().pem();
  shake_hands();
  ASSERT_FALSE(hands_.client);
  EXPECT_EQ(hands_.client.error().code(), ErrorCode::unauthenticated);
  EXPECT_FALSE(hands_.server) << "the server learns of it";
}

TEST_F(TlsStreams, are_refused_when_the_certificate_is_for_another_name) {
  shake_hands("elsewhere.example");
  ASSERT_FALSE(hands_.client);
  EXPECT_EQ(hands_.client.error().code(), ErrorCode::unauthenticated);
}

TEST_F(TlsStreams, show_the_servers_owner_who_the_client_is) {
  server_options_.client_certificate = ClientCertificate::required;
  server_options_.client_authorities = authority_.pem();
  const Identity nurse = authority_.identity("station-3", "");
  client_options_.certificate_chain = nurse.certificate;
  client_options_.private_key = nurse.key;
  shake_hands();
  ASSERT_TRUE(hands_.server && hands_.client);
  ASSERT_NE(server().certificate(), nullptr);
  EXPECT_EQ(server().certificate()->subject, "CN=station-3");
  EXPECT_EQ(server().certificate()->sha256.size(), 64u);
}

TEST_F(TlsStreams, are_refused_to_a_client_without_the_certificate_asked_for) {
  server_options_.client_certificate = ClientCertificate::required;
  server_options_.client_authorities = authority_.pem();
  shake_hands();
  EXPECT_FALSE(hands_.server);
}

TEST_F(TlsStreams, allow_a_client_without_the_certificate_that_is_optional) {
  server_options_.client_certificate = ClientCertificate::optional;
  server_options_.client_authorities = authority_.pem();
  shake_hands();
  ASSERT_TRUE(hands_.server && hands_.client);
  EXPECT_EQ(server().certificate()->subject, "");
}

TEST_F(TlsStreams, end_a_handshake_that_never_comes_and_one_that_is_no_tls) {
  const Result<std::shared_ptr<TlsServer>> server = TlsServer::create(server_options_);
  ASSERT_TRUE(server);
  const auto accept = [&](std::string_view said, std::int64_t milliseconds) -> Task<ErrorCode> {
    SocketPair pair = *make_socket_pair();
    std::unique_ptr<Stream> peer = make_stream(loop_, std::move(pair.second));
    std::unique_ptr<Stream> below = make_stream(loop_, std::move(pair.first));
    (void)co_await peer->write_all(said);
    const Deadline deadline = Deadline::after_milliseconds(milliseconds);
    Shaken shaken = co_await accept_tls(std::move(below), (*server)->context(), deadline);
    co_return shaken ? ErrorCode::internal : shaken.error().code();
  };
  EXPECT_EQ(run(loop_, accept("", 1)), ErrorCode::timeout);
  EXPECT_EQ(run(loop_, accept("GET / HTTP/1.1\r\n\r\n", 20'000)), ErrorCode::io_failure);
}

TEST(TlsServer, refuses_certificates_and_keys_that_do_not_belong_together) {
  Authority authority;
  const Identity one = authority.identity("one", "");
  const Identity two = authority.identity("two", "");
  TlsServerOptions options;
  options.certificate_chain = one.certificate;
  options.private_key = two.key;
  const Result<std::shared_ptr<TlsServer>> mixed = TlsServer::create(options);
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code(), ErrorCode::invalid_argument);
  options.private_key = "no such file";
  EXPECT_FALSE(TlsServer::create(options));
}

}  // namespace
}  // namespace meridian::net
