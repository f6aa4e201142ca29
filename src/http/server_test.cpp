// The server over loopback sockets: what a client sees.
#include "http/server.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <future>
#include <mutex>
#include <thread>

#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using testing::RawClient;
using testing::RawResponse;
using testing::TestServer;

const std::string kEnd = "Host: localhost\r\n\r\n";

Router hello_router() {
  Router router;
  router.add(Method::get, "/hello", [](const Request&) { return Response::text("hello"); });
  router.add(Method::get, "/inline", [](const Request&) { return Response::text("inline"); }).run(Run::inline_);
  router.add(Method::post, "/echo", [](const Request& request) { return Response::text(request.body); });
  router.add(Method::get, "/echo/{word}",
             [](const Request& request) { return Response::text(std::string(request.path_parameter("word"))); });
  router.add(Method::get, "/throws", [](const Request&) -> Response { throw std::runtime_error("secret"); });
  router.add_deferred(Method::get, "/deferred", [](Request, Responder responder) {
    std::thread([responder = std::move(responder)]() mutable {
      std::move(responder).send(Response::text("later"));
    }).detach();
  });
  router.add_deferred(Method::get, "/forgotten", [](Request, Responder) {});
  return router;
}

TEST(Server, answers_one_request_after_another_on_one_connection) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  for (int i = 0; i < 3; ++i) {
    client.send("GET /hello HTTP/1.1\r\n" + kEnd);
    const RawResponse response = client.response();
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, "hello");
    EXPECT_EQ(response.field("Content-Type"), "text/plain; charset=utf-8");
    EXPECT_EQ(response.field("Server"), "Meridian");
    EXPECT_EQ(response.field("Date").size(), 29u);
  }
}

TEST(Server, answers_pipelined_requests_in_order) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += "GET /" + std::string(i % 3 == 0 ? "inline" : "echo/" + std::to_string(i)) + " HTTP/1.1\r\n" + kEnd;
  }
  client.send(all);
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(client.response().body, i % 3 == 0 ? "inline" : std::to_string(i));
  }
}

TEST(Server, answers_a_request_that_comes_byte_by_byte) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  const std::string request = "POST /echo HTTP/1.1\r\nContent-Length: 3\r\n" + kEnd + "abc";
  for (const char c : request) client.send({&c, 1});
  EXPECT_EQ(client.response().body, "abc");
}

TEST(Server, closes_after_http_1_0_unless_asked_to_stay) {
  const TestServer server(hello_router());
  RawClient closing(server.port());
  closing.send("GET /hello HTTP/1.0\r\n\r\n");
  EXPECT_EQ(closing.response().field("Connection"), "close");
  EXPECT_TRUE(closing.is_closed());
  RawClient staying(server.port());
  for (int i = 0; i < 2; ++i) {
    staying.send("GET /hello HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    EXPECT_EQ(staying.response().field("Connection"), "keep-alive");
  }
}

TEST(Server, answers_head_as_get_without_the_body) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("HEAD /hello HTTP/1.1\r\n" + kEnd + "GET /hello HTTP/1.1\r\n" + kEnd);
  const RawResponse head = client.response(true);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "5");
  EXPECT_EQ(client.response().body, "hello");
}

TEST(Server, says_which_methods_a_path_knows) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("PUT /hello HTTP/1.1\r\n" + kEnd);
  const RawResponse refused = client.response();
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.field("Allow"), "GET, HEAD, OPTIONS");
  client.send("OPTIONS /echo HTTP/1.1\r\n" + kEnd);
  const RawResponse options = client.response();
  EXPECT_EQ(options.status, 204);
  EXPECT_EQ(options.field("Allow"), "POST, OPTIONS");
  client.send("GET /nothing HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().status, 404);
}

TEST(Server, goes_on_after_a_body_that_nobody_wanted) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("POST /nothing HTTP/1.1\r\nContent-Length: 5\r\n" + kEnd + "GET /");
  EXPECT_EQ(client.response().status, 404);
  client.send("GET /hello HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().body, "hello");
}

TEST(Server, answers_deferred_requests_from_another_thread) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("GET /deferred HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().body, "later");
}

TEST(Server, answers_500_when_a_handler_throws_or_forgets) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("GET /throws HTTP/1.1\r\n" + kEnd);
  const RawResponse thrown = client.response();
  EXPECT_EQ(thrown.status, 500);
  EXPECT_EQ(thrown.body.find("secret"), std::string::npos);
  client.send("GET /forgotten HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().status, 500);
}

TEST(Server, asks_for_the_body_with_100_continue) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 3\r\n" + kEnd);
  EXPECT_EQ(client.response().status, 100);
  client.send("abc");
  EXPECT_EQ(client.response().body, "abc");
}

TEST(Server, refuses_a_body_before_it_is_sent_when_it_is_too_long) {
  ServerOptions options;
  options.limits.body_bytes = 10;
  const TestServer server(hello_router(), options);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 11\r\n" + kEnd);
  EXPECT_EQ(client.response().status, 413);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, refuses_a_chunked_body_once_it_is_too_long) {
  ServerOptions options;
  options.limits.body_bytes = 10;
  const TestServer server(hello_router(), options);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n" + kEnd + "8\r\n12345678\r\n8\r\n12345678\r\n");
  EXPECT_EQ(client.response().status, 413);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, answers_a_malformed_request_and_closes) {
  std::mutex mutex;
  std::vector<std::string> faults;
  const TestServer server(hello_router(), {}, [&](const AccessEntry& entry) {
    const std::lock_guard lock(mutex);
    faults.emplace_back(entry.fault);
  });
  RawClient client(server.port());
  client.send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\nGET /hello "
      "HTTP/1.1\r\n" +
      kEnd);
  const RawResponse response = client.response();
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.field("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(client.is_closed()) << "the smuggled request was answered";
  const std::lock_guard lock(mutex);
  EXPECT_EQ(faults, std::vector<std::string>{"length-and-transfer-encoding"});
}

TEST(Server, cuts_a_header_that_trickles) {
  ServerOptions options;
  options.times.header_ms = 30;
  const TestServer server(hello_router(), options);
  RawClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\n");
  EXPECT_EQ(client.response().status, 408);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, cuts_a_body_that_stops) {
  ServerOptions options;
  options.times.stall_ms = 30;
  const TestServer server(hello_router(), options);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nContent-Length: 10\r\n" + kEnd + "abc");
  EXPECT_EQ(client.response().status, 408);
}

TEST(Server, cuts_a_body_that_trickles) {
  ServerOptions options;
  options.times.stall_ms = 40;
  options.times.body_bytes_per_second = 1'000'000'000;
  TestServer server(hello_router(), options);
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nContent-Length: 10000000\r\n" + kEnd);
  // Each byte comes soon after the last; the whole is far too slow.
  std::atomic<bool> cut = false;
  std::thread trickle([&] {
    while (!cut && client.send("x")) std::this_thread::yield();
  });
  EXPECT_EQ(client.response().status, 408);
  EXPECT_EQ(server.server().counts().timeouts, 1U);
  cut = true;
  trickle.join();
}

TEST(Server, closes_an_idle_connection_silently) {
  ServerOptions options;
  options.times.idle_ms = 30;
  const TestServer server(hello_router(), options);
  RawClient client(server.port());
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, stops_a_handler_that_takes_too_long) {
  std::promise<void> stopped;
  Router router;
  router.add_deferred(Method::get, "/slow", [&](Request request, Responder responder) {
    std::thread([&, request = std::move(request), responder = std::move(responder)]() mutable {
      while (!request.stop.stop_requested()) std::this_thread::yield();
      stopped.set_value();
      std::move(responder).send(Response::text("too late"));
    }).detach();
  });
  ServerOptions options;
  options.times.answer_ms = 30;
  const TestServer server(std::move(router), options);
  RawClient client(server.port());
  client.send("GET /slow HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().status, 503);
  stopped.get_future().wait();
}

TEST(Server, tells_the_handler_when_the_client_has_gone) {
  std::promise<void> stopped;
  Router router;
  router.add_deferred(Method::get, "/slow", [&](Request request, Responder responder) {
    std::thread([&, request = std::move(request), responder = std::move(responder)]() mutable {
      while (!request.stop.stop_requested()) std::this_thread::yield();
      std::move(responder).send(Response::text("to nobody"));
      stopped.set_value();
    }).detach();
  });
  const TestServer server(std::move(router));
  {
    RawClient client(server.port());
    client.send("GET /slow HTTP/1.1\r\n" + kEnd);
  }
  stopped.get_future().wait();
}

TEST(Server, refuses_connections_beyond_its_limit_politely) {
  ServerOptions options;
  options.limits.connections = 2;
  const TestServer server(hello_router(), options);
  RawClient first(server.port());
  RawClient second(server.port());
  for (RawClient* client : {&first, &second}) {
    client->send("GET /hello HTTP/1.1\r\n" + kEnd);
    EXPECT_EQ(client->response().status, 200);
  }
  RawClient third(server.port());
  EXPECT_EQ(third.response().status, 503);
  EXPECT_TRUE(third.is_closed());
}

TEST(Server, refuses_one_address_that_takes_too_many_connections) {
  ServerOptions options;
  options.limits.connections_per_address = 1;
  TestServer server(hello_router(), options);
  RawClient first(server.port());
  first.send("GET /hello HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(first.response().status, 200);
  RawClient second(server.port());
  EXPECT_EQ(second.response().status, 503);
  EXPECT_EQ(server.server().counts().connections_refused, 1u);
}

TEST(Server, drains_by_finishing_what_is_in_flight) {
  std::promise<void> entered;
  std::promise<void> go_on;
  Router router;
  router.add(Method::get, "/slow", [&](const Request&) {
    entered.set_value();
    go_on.get_future().wait();
    return Response::text("finished");
  });
  TestServer server(std::move(router));
  RawClient idle(server.port());
  RawClient busy(server.port());
  busy.send("GET /slow HTTP/1.1\r\n" + kEnd);
  entered.get_future().wait();
  std::future<bool> drained = std::async(std::launch::async, [&] { return server.server().drain(60'000); });
  EXPECT_TRUE(idle.is_closed());
  go_on.set_value();
  const RawResponse response = busy.response();
  EXPECT_EQ(response.body, "finished");
  EXPECT_EQ(response.field("Connection"), "close");
  EXPECT_TRUE(drained.get());
  EXPECT_FALSE(RawClient(server.port()).send("GET /slow HTTP/1.1\r\n" + kEnd) && false);
}

TEST(Server, cuts_what_does_not_finish_within_the_drain) {
  Router router;
  router.add_deferred(Method::get, "/slow", [&](Request request, Responder responder) {
    std::thread([request = std::move(request), responder = std::move(responder)]() mutable {
      while (!request.stop.stop_requested()) std::this_thread::yield();
    }).detach();
  });
  TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("GET /slow HTTP/1.1\r\n" + kEnd);
  while (server.server().counts().requests == 0) std::this_thread::yield();
  EXPECT_FALSE(server.server().drain(10));
  EXPECT_EQ(client.response().status, 0);
}

TEST(Server, answers_over_a_unix_socket) {
  const std::string path = ::testing::TempDir() + "meridian-http-test-" + std::to_string(::getpid());
  ServerOptions options;
  options.listen = {ListenAddress{.unix_path = path}};
  TestServer server(hello_router(), options);
  {
    RawClient client(path);
    client.send("GET /hello HTTP/1.1\r\n" + kEnd);
    EXPECT_EQ(client.response().body, "hello");
  }
  EXPECT_EQ(server.url(), "unix:" + path + ":");
  server.destroy();
  EXPECT_NE(::access(path.c_str(), F_OK), 0) << "the socket's file stayed";
}

TEST(Server, answers_only_for_its_own_hosts) {
  ServerOptions options;
  options.allowed_hosts = {"localhost"};
  const TestServer server(hello_router(), options);
  RawClient good(server.port());
  good.send("GET /hello HTTP/1.1\r\nHost: LOCALHOST:80\r\n\r\n");
  EXPECT_EQ(good.response().status, 200);
  RawClient bad(server.port());
  bad.send("GET /hello HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  EXPECT_EQ(bad.response().status, 421);
}

TEST(Server, continues_the_callers_trace) {
  const TestServer server(hello_router());
  RawClient client(server.port());
  client.send("GET /hello HTTP/1.1\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n" + kEnd);
  const std::string answered = client.response().field("traceresponse");
  EXPECT_TRUE(answered.starts_with("00-0af7651916cd43dd8448eb211c80319c-")) << answered;
  EXPECT_TRUE(answered.ends_with("-01"));
  client.send("GET /hello HTTP/1.1\r\ntraceparent: nonsense\r\n" + kEnd);
  EXPECT_EQ(client.response().field("traceresponse").size(), 55u);
}

TEST(Server, logs_the_pattern_of_a_path_never_the_path) {
  std::promise<std::string> logged;
  const TestServer server(hello_router(), {}, [&](const AccessEntry& entry) {
    logged.set_value(std::string(entry.method) + ' ' + std::string(entry.route) + ' ' + std::to_string(entry.status) +
                     ' ' + std::to_string(entry.sent_bytes));
  });
  RawClient client(server.port());
  client.send("GET /echo/Zhang?name=Wei HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().body, "Zhang");
  EXPECT_EQ(logged.get_future().get(), "GET /echo/{word} 200 5");
}

TEST(Server, answers_503_when_the_pool_is_full) {
  std::promise<void> go_on;
  const std::shared_future<void> gate = go_on.get_future().share();
  Router router;
  router.add(Method::get, "/slow", [gate](const Request&) {
    gate.wait();
    return Response::text("done");
  });
  TestServer server(std::move(router));
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 80; ++i) {
    clients.push_back(std::make_unique<RawClient>(server.port()));
    clients.back()->send("GET /slow HTTP/1.1\r\n" + kEnd);
  }
  // Two run and 64 wait; the others are refused at once, with a hint when to come back.
  while (server.server().counts().requests < 80) std::this_thread::yield();
  go_on.set_value();
  int refused = 0;
  for (const auto& client : clients) {
    const RawResponse response = client->response();
    if (response.status == 503 && !response.field("Retry-After").empty()) ++refused;
  }
  EXPECT_GT(refused, 0);
}

TEST(Server, tells_problems_below_a_path_in_that_paths_form) {
  Router router = hello_router();
  router.add(Method::get, "/fhir/broken", [](const Request&) { return Response::problem(422, "no"); });
  router.tell_problems("/fhir", [](const Request& request, Response& response) {
    response.headers.set("Content-Type", "application/fhir+json");
    response.body = std::string(request.target.path) + " failed";
  });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  for (const std::string_view path : {"/fhir/broken", "/fhir/nothing"}) {
    client.send(std::string("GET ").append(path).append(" HTTP/1.1\r\n").append(kEnd));
    EXPECT_EQ(client.response().body, std::string(path).append(" failed"));
  }
  client.send("GET /fhirs HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().field("Content-Type"), "application/problem+json");
}

TEST(Server, answers_preflights_and_names_the_origin) {
  ServerOptions options;
  options.cors.enabled = true;
  options.cors.origins = {"https://app.example"};
  const TestServer server(hello_router(), options);
  RawClient client(server.port());
  client.send("OPTIONS /echo HTTP/1.1\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: POST\r\n" +
              kEnd);
  const RawResponse preflight = client.response();
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.field("Access-Control-Allow-Origin"), "https://app.example");
  EXPECT_NE(preflight.field("Access-Control-Allow-Methods").find("POST"), std::string::npos);
  client.send("GET /hello HTTP/1.1\r\nOrigin: https://app.example\r\n" + kEnd);
  EXPECT_EQ(client.response().field("Access-Control-Allow-Origin"), "https://app.example");
  client.send("GET /hello HTTP/1.1\r\nOrigin: https://evil.example\r\n" + kEnd);
  EXPECT_EQ(client.response().field("Access-Control-Allow-Origin"), "");
}

TEST(Server, does_not_start_where_another_listens) {
  const TestServer first(hello_router());
  net::Io io;
  const std::unique_ptr<Executor> executor = make_pool(1, 1);
  ServerOptions options;
  options.listen[0].port = first.port();
  const Result<Server> second = Server::start(options, hello_router(), Services{&io, executor.get(), {}});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), ErrorCode::io_failure);
}

}  // namespace
}  // namespace meridian::http
