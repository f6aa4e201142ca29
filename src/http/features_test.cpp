// Streaming, compression, conditions, ranges, events and files, over loopback sockets.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <future>
#include <mutex>
#include <thread>

#include "base/testing/temporary_folder.hpp"
#include "http/compression.hpp"
#include "http/event_stream.hpp"
#include "http/service_routes.hpp"
#include "http/static_files.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using testing::RawClient;
using testing::RawResponse;
using testing::TestServer;

const std::string kEnd = "Host: localhost\r\n\r\n";

/// Gives numbered lines; counts how many it was asked for.
class Lines final : public BodySource {
 public:
  Lines(int lines, std::atomic<int>& given) : lines_(lines), given_(given) {}
  Result<Flow> pull(std::string& out, std::size_t /*wanted*/, const Waker& waker) override {
    if (at_ == lines_) return Flow::end;
    out += "line " + std::to_string(at_++) + '\n';
    ++given_;
    if (at_ % 3 != 0) return Flow::more;
    waker.wake();  // woken before it waits: the wake must not be lost
    return Flow::wait;
  }

 private:
  int lines_;
  int at_ = 0;
  std::atomic<int>& given_;
};

class Endless final : public BodySource {
 public:
  Endless(std::atomic<std::size_t>& given, std::promise<void>& gone) : given_(given), gone_(gone) {}
  ~Endless() override { gone_.set_value(); }
  Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& /*waker*/) override {
    out.append(wanted, 'x');
    given_ += wanted;
    return Flow::more;
  }

 private:
  std::atomic<std::size_t>& given_;
  std::promise<void>& gone_;
};

class Failing final : public BodySource {
 public:
  Result<Flow> pull(std::string& out, std::size_t /*wanted*/, const Waker& /*waker*/) override {
    out += "begun";
    return fail(ErrorCode::io_failure, "the disk is gone");
  }
};

TEST(Streaming, sends_chunks_as_the_source_gives_them) {
  std::atomic<int> given = 0;
  Router router;
  router.add(Method::get, "/lines",
             [&](const Request&) { return Response::stream("text/plain", std::make_unique<Lines>(10, given)); });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  for (int i = 0; i < 2; ++i) {
    client.send("GET /lines HTTP/1.1\r\n" + kEnd);
    const RawResponse response = client.response();
    EXPECT_TRUE(response.chunked);
    EXPECT_TRUE(response.body.starts_with("line 0\nline 1\n"));
    EXPECT_TRUE(response.body.ends_with("line 9\n"));
  }
  RawClient old(server.port());
  old.send("GET /lines HTTP/1.0\r\n\r\n");
  const RawResponse response = old.response();
  EXPECT_FALSE(response.chunked);
  EXPECT_TRUE(response.body.ends_with("line 9\n"));
}

TEST(Streaming, asks_the_source_for_no_more_than_the_client_takes) {
  std::atomic<std::size_t> given = 0;
  std::promise<void> gone;
  Router router;
  router.add(Method::get, "/endless", [&](const Request&) {
    return Response::stream("application/octet-stream", std::make_unique<Endless>(given, gone));
  });
  const TestServer server(std::move(router));
  {
    RawClient client(server.port());
    client.send("GET /endless HTTP/1.1\r\n" + kEnd);
    client.read(1000);
    // Nobody reads on: what is given settles at what the sockets' buffers hold.
    std::size_t seen = 0;
    for (int same = 0; same < 1000; std::this_thread::yield()) {
      same = given == seen ? same + 1 : 0;
      seen = given;
    }
    EXPECT_LT(seen, 64u << 20);
  }
  gone.get_future().wait();
}

TEST(Streaming, leaves_a_failed_body_visibly_incomplete) {
  Router router;
  router.add(Method::get, "/failing",
             [](const Request&) { return Response::stream("text/plain", std::make_unique<Failing>()); });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("GET /failing HTTP/1.1\r\n" + kEnd);
  const std::string all = client.rest();
  EXPECT_NE(all.find("begun"), std::string::npos);
  EXPECT_FALSE(all.ends_with("0\r\n\r\n"));
}

/// Counts bytes; waits after each piece until somebody lets it go on.
class CountingSink final : public BodySink {
 public:
  CountingSink(Responder responder) : responder_(std::move(responder)) {}
  Result<Flow> write(std::string_view bytes, const Waker& waker) override {
    count_ += bytes.size();
    if (++pieces_ % 2 == 0) return Flow::more;
    std::thread([waker] { waker.wake(); }).detach();
    return Flow::wait;
  }
  void finish() override { std::move(responder_).send(Response::text(std::to_string(count_))); }

 private:
  Responder responder_;
  std::size_t count_ = 0;
  int pieces_ = 0;
};

Router upload_router() {
  Router router;
  router.add_upload(Method::put, "/upload", [](Request, Responder responder) -> Result<std::unique_ptr<BodySink>> {
    return std::make_unique<CountingSink>(std::move(responder));
  });
  return router;
}

TEST(Upload, takes_a_body_larger_than_memory_limits_piece_by_piece) {
  ServerOptions options;
  options.limits.body_bytes = 1000;
  const TestServer server(upload_router(), options);
  RawClient client(server.port());
  client.send("PUT /upload HTTP/1.1\r\nContent-Length: 2000000\r\n" + kEnd);
  client.send(std::string(2'000'000, 'x'));
  EXPECT_EQ(client.response().body, "2000000");
  client.send("PUT /upload HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n" + kEnd);
  const std::string zipped = compress(Coding::gzip, std::string(100'000, 'y'));
  char size[32];
  std::snprintf(size, sizeof size, "%zx\r\n", zipped.size());
  client.send(size + zipped + "\r\n0\r\n\r\n");
  EXPECT_EQ(client.response().body, "100000");
}

TEST(Compression, of_responses_follows_what_the_client_accepts) {
  const std::string text(5000, 'a');
  Router router;
  router.add(Method::get, "/text", [&](const Request&) { return Response::text(text).with("ETag", "\"v1\""); });
  router.add(Method::get, "/image", [&](const Request&) { return Response::bytes("image/png", text); });
  router.add(Method::get, "/small", [&](const Request&) { return Response::text("small"); });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("GET /text HTTP/1.1\r\nAccept-Encoding: gzip;q=0.5, zstd\r\n" + kEnd);
  const RawResponse zstd = client.response();
  EXPECT_EQ(zstd.field("Content-Encoding"), "zstd");
  EXPECT_EQ(zstd.field("Vary"), "Accept-Encoding");
  EXPECT_EQ(zstd.field("ETag"), "W/\"v1\"");
  EXPECT_EQ(decompress(Coding::zstd, zstd.body, 10000, 1000).value(), text);
  client.send("GET /text HTTP/1.1\r\nAccept-Encoding: gzip, br\r\n" + kEnd);
  const RawResponse gzip = client.response();
  EXPECT_EQ(gzip.field("Content-Encoding"), "gzip");
  EXPECT_EQ(decompress(Coding::gzip, gzip.body, 10000, 1000).value(), text);
  client.send("GET /text HTTP/1.1\r\nAccept-Encoding: gzip;q=0, zstd;q=0\r\n" + kEnd);
  EXPECT_EQ(client.response().body, text);
  for (const char* path : {"/image", "/small"}) {
    client.send("GET " + std::string(path) + " HTTP/1.1\r\nAccept-Encoding: gzip\r\n" + kEnd);
    EXPECT_EQ(client.response().field("Content-Encoding"), "");
  }
}

TEST(Compression, of_requests_is_undone_within_bounds) {
  Router router;
  router.add(Method::post, "/size",
             [](const Request& request) { return Response::text(std::to_string(request.body.size())); });
  ServerOptions options;
  options.limits.body_bytes = 4 << 20;
  const TestServer server(std::move(router), options);
  const auto post = [&](const std::string& coding, const std::string& body) {
    RawClient client(server.port());
    client.send("POST /size HTTP/1.1\r\nContent-Encoding: " + coding +
                "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + kEnd + body);
    const RawResponse response = client.response();
    return response.status == 200 ? response.body : std::to_string(response.status);
  };
  EXPECT_EQ(post("gzip", compress(Coding::gzip, std::string(70'000, 'a'))), "70000");
  EXPECT_EQ(post("zstd", compress(Coding::zstd, std::string(70'000, 'a'))), "70000");
  EXPECT_EQ(post("gzip", compress(Coding::gzip, std::string(3 << 20, 'a'))), "413") << "grows by far too much";
  EXPECT_EQ(post("gzip", compress(Coding::gzip, std::string(8 << 20, 'a'))), "413");
  EXPECT_EQ(post("zstd", compress(Coding::zstd, std::string(8 << 20, 'a'))), "413");
  EXPECT_EQ(post("gzip", "nonsense"), "400");
  EXPECT_EQ(post("gzip", compress(Coding::gzip, "abc").substr(0, 10)), "400");
  EXPECT_EQ(post("br", "abc"), "415");
}

TEST(Compression, reads_no_zstd_from_before_its_standard) {
  const std::string frame = compress(Coding::zstd, "text");
  EXPECT_EQ(decompress(Coding::zstd, frame + frame, 1000, 100).value_or(""), "texttext") << "frames may follow";
  std::string old = frame;
  old[0] = 0x25;  // version 0.5
  EXPECT_FALSE(decompress(Coding::zstd, old, 1000, 100));
  EXPECT_FALSE(decompress(Coding::zstd, frame + old, 1000, 100));
}

TEST(Conditions, are_answered_from_the_responses_own_validators) {
  Router router;
  router.add(Method::get, "/thing", [](const Request&) {
    Response response = Response::text("0123456789").with("ETag", "\"v1\"");
    response.headers.set("Last-Modified", "Sun, 06 Nov 1994 08:49:37 GMT");
    response.allow_ranges = true;
    return response;
  });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  const auto get = [&](const std::string& fields) {
    client.send("GET /thing HTTP/1.1\r\n" + fields + kEnd);
    return client.response();
  };
  EXPECT_EQ(get("If-None-Match: W/\"v1\"\r\n").status, 304);
  EXPECT_EQ(get("If-None-Match: \"v0\", \"v1\"\r\n").field("ETag"), "\"v1\"");
  EXPECT_EQ(get("If-None-Match: \"v0\"\r\nIf-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n").status, 200);
  EXPECT_EQ(get("If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n").status, 304);
  EXPECT_EQ(get("If-Match: \"v2\"\r\n").status, 412);
  EXPECT_EQ(get("If-Unmodified-Since: Sat, 05 Nov 1994 08:49:37 GMT\r\n").status, 412);
  const RawResponse part = get("Range: bytes=2-4\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.field("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(get("Range: bytes=-3\r\n").body, "789");
  EXPECT_EQ(get("Range: bytes=8-\r\n").body, "89");
  EXPECT_EQ(get("Range: bytes=20-\r\n").status, 416);
  EXPECT_EQ(get("Range: bytes=2-4\r\nIf-Range: \"v1\"\r\n").status, 206);
  EXPECT_EQ(get("Range: bytes=2-4\r\nIf-Range: \"v0\"\r\n").body, "0123456789");
  EXPECT_EQ(get("Range: lines=1-2\r\n").status, 200);
  const RawResponse parts = get("Range: bytes=0-1,4-5\r\n");
  EXPECT_EQ(parts.status, 206);
  EXPECT_TRUE(parts.field("Content-Type").starts_with("multipart/byteranges"));
  EXPECT_NE(parts.body.find("Content-Range: bytes 4-5/10\r\n\r\n45\r\n"), std::string::npos);
}

TEST(EventStream, reaches_the_client_event_by_event) {
  std::promise<std::shared_ptr<EventStream>> opened;
  Router router;
  router.add(Method::get, "/events", [&](const Request&) {
    OpenEventStream open = open_event_stream();
    opened.set_value(open.stream);
    return std::move(open.response);
  });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("GET /events HTTP/1.1\r\nConnection: close\r\n" + kEnd);
  const std::shared_ptr<EventStream> stream = opened.get_future().get();
  ASSERT_TRUE(stream->send({.event = "alarm", .data = "a\nb", .id = "1"}));
  std::string seen;
  while (seen.find("\n\n") == std::string::npos) seen += client.read(1);
  EXPECT_NE(seen.find("Content-Type: text/event-stream"), std::string::npos);
  EXPECT_TRUE(seen.ends_with("event: alarm\nid: 1\ndata: a\ndata: b\n\n")) << seen;
  stream->close();
  EXPECT_TRUE(client.rest().ends_with("0\r\n\r\n"));
}

TEST(EventStream, tells_the_sender_that_the_client_has_gone_or_is_slow) {
  std::promise<std::shared_ptr<EventStream>> opened;
  Router router;
  router.add(Method::get, "/events", [&](const Request&) {
    OpenEventStream open = open_event_stream(100);
    opened.set_value(open.stream);
    return std::move(open.response);
  });
  const TestServer server(std::move(router));
  std::shared_ptr<EventStream> stream;
  {
    RawClient client(server.port());
    client.send("GET /events HTTP/1.1\r\n" + kEnd);
    stream = opened.get_future().get();
    const Result<> too_much = stream->send({.data = std::string(200, 'x')});
    ASSERT_FALSE(too_much);
    EXPECT_EQ(too_much.error().code(), ErrorCode::busy);
  }
  Result<> sent;
  while (sent || sent.error().code() == ErrorCode::busy) {
    sent = stream->keep_alive();
    std::this_thread::yield();
  }
  EXPECT_EQ(sent.error().code(), ErrorCode::gone);
}

class Files : public ::testing::Test {
 protected:
  void SetUp() override {
    ::mkdir((folder_ + "/public").c_str(), 0700);
    ::mkdir((folder_ + "/public/assets").c_str(), 0700);
    write("secret.txt", "secret");
    write("public/index.html", "<p>home</p>");
    write("public/.hidden", "hidden");
    write("public/assets/app.js", "let a = 1;");
    write("public/assets/app.js.gz", "GZIPPED");
    (void)!::symlink("../secret.txt", (folder_ + "/public/link.txt").c_str());
    Router router;
    ASSERT_TRUE(
        mount_directory(router, "/app", folder_ + "/public", {.immutable_below = "assets/", .fallback = "index.html"}));
    mount_embedded(router, "/web", {{"index.html", "<p>embedded</p>"}});
    server_ = std::make_unique<TestServer>(std::move(router));
  }
  void TearDown() override { server_.reset(); }
  void write(const std::string& path, const std::string& text) { std::ofstream(folder_ + '/' + path) << text; }
  RawResponse get(const std::string& path, const std::string& fields = {}) {
    RawClient client(server_->port());
    client.send("GET " + path + " HTTP/1.1\r\n" + fields + kEnd);
    return client.response();
  }

  meridian::testing::TemporaryFolder place_;
  const std::string folder_ = place_.path();
  std::unique_ptr<TestServer> server_;
};

TEST_F(Files, are_served_with_type_tag_and_ranges) {
  const RawResponse page = get("/app/");
  EXPECT_EQ(page.body, "<p>home</p>");
  EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(get("/app/", "If-None-Match: " + page.field("ETag") + "\r\n").status, 304);
  EXPECT_EQ(get("/app/index.html", "Range: bytes=3-6\r\n").body, "home");
  EXPECT_EQ(get("/web/").body, "<p>embedded</p>");
  EXPECT_EQ(get("/web/other.html").status, 404);
  EXPECT_NE(get("/app/assets/app.js").field("Cache-Control").find("immutable"), std::string::npos);
}

TEST_F(Files, come_ready_compressed_when_there_is_such_a_file) {
  const RawResponse ready = get("/app/assets/app.js", "Accept-Encoding: gzip\r\n");
  EXPECT_EQ(ready.field("Content-Encoding"), "gzip");
  EXPECT_EQ(ready.body, "GZIPPED");
  EXPECT_EQ(get("/app/assets/app.js").body, "let a = 1;");
}

TEST_F(Files, outside_the_folder_are_out_of_reach) {
  EXPECT_EQ(get("/app/../secret.txt").status, 400);
  EXPECT_EQ(get("/app/%2e%2e/secret.txt").status, 400);
  EXPECT_EQ(get("/app/..%2fsecret.txt").status, 404);
  EXPECT_EQ(get("/app/assets%2f..%2f..%2fsecret.txt").status, 404);
  EXPECT_EQ(get("/app/link.txt").status, 404) << "a link was followed";
  EXPECT_EQ(get("/app/.hidden").status, 404);
  EXPECT_EQ(get("/app//secret.txt").status, 404);
}

TEST_F(Files, give_the_page_for_paths_that_the_page_itself_routes) {
  EXPECT_EQ(get("/app/ward/3").body, "<p>home</p>");
  EXPECT_EQ(get("/app/missing.js").status, 404);
}

TEST(ServiceRoutes, show_health_readiness_metrics_and_the_interface) {
  std::atomic<bool> ready = false;
  Router router;
  router.add(Method::post, "/fhir/$validate", [](const Request&) { return Response::json("{}"); })
      .summary("Validate a resource")
      .accepts("application/fhir+json", R"({"$ref":"#/components/schemas/Resource"})")
      .responds(200, "The outcome", "application/fhir+json");
  router.add(Method::get, "/fhir/{type}/{id}", [](const Request&) { return Response::json("{}"); });
  mount_service_routes(
      router,
      {.api = {.title = "Meridian", .version = "1", .description = "", .schemas = R"({"Resource":{"type":"object"}})"},
       .metrics = [] { return std::string("up 1\n# EOF\n"); },
       .ready = [&]() -> Result<> {
         if (!ready) return fail(ErrorCode::busy, "the tables are being loaded");
         return {};
       }});
  const TestServer server(std::move(router));
  RawClient client(server.port());
  const auto get = [&](const std::string& path) {
    client.send("GET " + path + " HTTP/1.1\r\n" + kEnd);
    return client.response();
  };
  EXPECT_EQ(get("/health").status, 200);
  EXPECT_EQ(get("/ready").status, 503);
  ready = true;
  EXPECT_EQ(get("/ready").status, 200);
  EXPECT_EQ(get("/metrics").body, "up 1\n# EOF\n");
  const std::string document = get("/openapi.json").body;
  EXPECT_TRUE(document.starts_with(R"({"openapi":"3.1.0","info":{"title":"Meridian","version":"1"})")) << document;
  EXPECT_NE(document.find(R"("/fhir/$validate":{"post":{"summary":"Validate a resource")"), std::string::npos);
  EXPECT_NE(document.find(R"("parameters":[{"name":"type","in":"path","required":true)"), std::string::npos);
  EXPECT_NE(document.find(R"("/openapi.json":{"get")"), std::string::npos);
}

}  // namespace
}  // namespace meridian::http
