#include "http/client.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>

#include "http/testing/test_server.hpp"
#include "net/connect.hpp"

namespace meridian::http {
namespace {

using testing::TestServer;

ClientOptions here() {
  ClientOptions options;
  options.allowed_reach = AllowedReach::anywhere;
  options.first_pause_ms = 1;
  return options;
}

Router router(std::atomic<int>& calls) {
  Router routes;
  routes.add(Method::get, "/hello", [](const Request&) { return Response::text(std::string(5000, 'h')); });
  routes.add(Method::post, "/echo", [](const Request& request) {
    return Response::text(request.body).with("X-Type", request.headers.get("Content-Type"));
  });
  routes.add(Method::get, "/busy-twice", [&calls](const Request&) {
    return ++calls < 3 ? Response::problem(503, "later").with("Retry-After", "0") : Response::text("now");
  });
  routes.add(Method::post, "/busy", [&calls](const Request&) {
    ++calls;
    return Response::problem(503, "later");
  });
  routes.add(Method::get, "/from", [](const Request&) { return Response::redirect("to?x=1", 302); });
  routes.add(Method::get, "/to", [](const Request& request) { return Response::text("to " + request.target.query); });
  routes.add(Method::get, "/round", [](const Request&) { return Response::redirect("/round", 302); });
  routes.add(Method::post, "/created", [](const Request&) { return Response::redirect("/to", 303); });
  routes.add_deferred(Method::get, "/never", [](Request request, Responder responder) {
    static std::vector<Responder> kept;
    (void)request;
    kept.push_back(std::move(responder));
  });
  return routes;
}

class ClientTest : public ::testing::Test {
 protected:
  ClientTest() : server_(router(calls_)), client_(*Client::create(here(), server_.io())) {}
  Result<ClientResponse> get(const std::string& path) { return client_.fetch({.url = server_.url() + path}); }

  std::atomic<int> calls_ = 0;
  TestServer server_;
  Client client_;
};

TEST_F(ClientTest, fetches_and_uses_its_connection_again) {
  for (int i = 0; i < 3; ++i) {
    const Result<ClientResponse> response = get("/hello");
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->body, std::string(5000, 'h'));
    EXPECT_EQ(response->headers.get("Content-Encoding"), "zstd");
  }
  EXPECT_EQ(server_.server().counts().connections_accepted, 1u);
}

TEST_F(ClientTest, sends_bodies_and_fields) {
  ClientRequest request{.method = Method::post, .url = server_.url() + "/echo", .body = "body"};
  request.headers.add("Content-Type", "text/x");
  const Result<ClientResponse> response = client_.fetch(std::move(request));
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "body");
  EXPECT_EQ(response->headers.get("X-Type"), "text/x");
}

TEST_F(ClientTest, sends_a_body_piece_by_piece) {
  for (const int count : {0, 1, 40}) {
    ClientRequest request{.method = Method::post, .url = server_.url() + "/echo", .body = "first "};
    std::string sent = request.body;
    request.next_piece = [&sent, left = count]() mutable {
      std::string piece(left-- > 0 ? 10'000 : 0, 'p');
      sent += piece;
      return piece;
    };
    const Result<ClientResponse> response = client_.fetch(std::move(request));
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, sent);
  }
  EXPECT_EQ(server_.server().counts().connections_accepted, 1u);
}

TEST_F(ClientTest, sends_a_body_of_pieces_once_only) {
  ClientRequest request{.method = Method::put, .url = server_.url() + "/busy-twice"};
  request.next_piece = [] { return std::string(); };
  const Result<ClientResponse> response = client_.fetch(std::move(request));
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->attempts, 1u);
}

TEST_F(ClientTest, streams_a_body) {
  std::string seen;
  const auto take = [&](std::string_view piece) {
    seen += piece;
    return true;
  };
  ASSERT_TRUE(client_.fetch({.url = server_.url() + "/hello", .on_body = take}));
  EXPECT_EQ(seen, std::string(5000, 'h'));
}

TEST_F(ClientTest, repeats_what_may_be_repeated) {
  const Result<ClientResponse> response = get("/busy-twice");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "now");
  EXPECT_EQ(response->attempts, 3u);
}

TEST_F(ClientTest, does_not_repeat_a_post) {
  const Result<ClientResponse> response = client_.fetch({.method = Method::post, .url = server_.url() + "/busy"});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(calls_, 1);
}

TEST_F(ClientTest, follows_redirects_within_bounds) {
  EXPECT_EQ(get("/from")->body, "to x=1");
  EXPECT_EQ(client_.fetch({.method = Method::post, .url = server_.url() + "/created", .body = "x"})->body, "to ");
  const Result<ClientResponse> round = get("/round");
  ASSERT_FALSE(round);
  EXPECT_EQ(round.error().code(), ErrorCode::too_costly);
}

TEST_F(ClientTest, gives_up_when_its_time_is_over) {
  const Result<ClientResponse> response = client_.fetch({.url = server_.url() + "/never", .total_ms = 30});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), ErrorCode::timeout);
}

TEST_F(ClientTest, refuses_bodies_that_are_too_large) {
  ClientOptions small = here();
  small.max_body_bytes = 100;
  Client client = *Client::create(small, server_.io());
  const Result<ClientResponse> response = client.fetch({.url = server_.url() + "/hello"});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), ErrorCode::too_large);
}

TEST_F(ClientTest, does_not_ask_its_own_network_unless_allowed) {
  Client guarded = *Client::create({}, server_.io());
  const std::string port = std::to_string(server_.port());
  for (const std::string host :
       {"127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "0.0.0.0"}) {
    const Result<ClientResponse> response =
        guarded.fetch({.url = std::string("http://").append(host).append(":").append(port).append("/hello")});
    ASSERT_FALSE(response) << host;
    EXPECT_EQ(response.error().code(), ErrorCode::forbidden) << host;
  }
  ClientOptions listed;
  listed.allowed_hosts = {"127.0.0.1:" + port};
  Client client = *Client::create(listed, server_.io());
  EXPECT_TRUE(client.fetch({.url = "http://127.0.0.1:" + port + "/hello"}));
}

TEST_F(ClientTest, speaks_over_a_unix_socket_where_it_may) {
  const std::string path = ::testing::TempDir() + "meridian-client-test-" + std::to_string(::getpid());
  ServerOptions options;
  options.listen = {ListenAddress{}, ListenAddress{.unix_path = path}};
  TestServer both(router(calls_), options);
  EXPECT_TRUE(both.url().starts_with("http://127.0.0.1:")) << "TCP and a Unix socket at once";
  for (int i = 0; i < 2; ++i) {
    const Result<ClientResponse> response = client_.fetch({.url = "unix:" + path + ":/to?x=2"});
    ASSERT_TRUE(response) << response.error().message();
    EXPECT_EQ(response->body, "to x=2");
  }
  EXPECT_EQ(both.server().counts().connections_accepted, 1u) << "the second uses the first's connection";

  ClientOptions guarded = here();
  guarded.allowed_reach = AllowedReach::private_too;
  const std::string url = "unix:" + path + ":/to";
  const Result<ClientResponse> refused = Client::create(guarded, server_.io())->fetch({.url = url});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::forbidden);
  guarded.allowed_hosts = {"unix:" + path};
  EXPECT_TRUE(Client::create(guarded, server_.io())->fetch({.url = url}));
}

TEST_F(ClientTest, says_that_nobody_listens) {
  const std::string url = server_.url();
  server_.destroy();
  const Result<ClientResponse> response = client_.fetch({.url = url + "/hello"});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code(), ErrorCode::io_failure);
}

TEST(Url, is_read_strictly) {
  EXPECT_EQ(parse_url("https://Example.org/a?b#c")->host, "example.org");
  EXPECT_EQ(parse_url("https://example.org/a?b#c")->target, "/a?b");
  EXPECT_EQ(parse_url("http://[::1]:8080")->port, 8080);
  EXPECT_EQ(parse_url("unix:/run/m.sock:/fhir")->target, "/fhir");
  for (const char* bad : {"ftp://a/", "http://", "http://user@host/", "http://a b/", "http://a:0/", "http://a:99999/",
                          "http://a\\@b/", "http://a/%zz", "file:///etc/passwd", "http://[::1/"}) {
    EXPECT_FALSE(parse_url(bad)) << bad;
  }
}

TEST(Reference, is_resolved_against_the_url_it_came_from) {
  EXPECT_EQ(*resolve_reference("http://a/b/c?d", "/e"), "http://a/e");
  EXPECT_EQ(*resolve_reference("http://a/b/c?d", "e"), "http://a/b/e");
  EXPECT_EQ(*resolve_reference("http://a/b/c", "../e"), "http://a/e");
  EXPECT_EQ(*resolve_reference("http://a/b/c", "?e"), "http://a/b/c?e");
  EXPECT_EQ(*resolve_reference("https://a/b", "//c/d"), "https://c/d");
  EXPECT_FALSE(resolve_reference("http://a/b", "file:/etc/passwd"));
}

TEST(Reach, sees_through_the_forms_of_an_address) {
  using net::Reach;
  using net::reach_of;
  EXPECT_EQ(reach_of("8.8.8.8"), Reach::public_internet);
  EXPECT_EQ(reach_of("2606:4700::1111"), Reach::public_internet);
  EXPECT_EQ(reach_of("127.1.2.3"), Reach::loopback);
  EXPECT_EQ(reach_of("::ffff:10.1.2.3"), Reach::private_network);
  EXPECT_EQ(reach_of("64:ff9b::a9fe:a9fe"), Reach::link_local);
  EXPECT_EQ(reach_of("2002:7f00:1::"), Reach::loopback);
  EXPECT_EQ(reach_of("fd00::1"), Reach::private_network);
  EXPECT_EQ(reach_of("fe80::1"), Reach::link_local);
  EXPECT_EQ(reach_of("::"), Reach::unspecified_or_special);
  EXPECT_EQ(reach_of("nonsense"), Reach::unspecified_or_special);
}

}  // namespace
}  // namespace meridian::http
