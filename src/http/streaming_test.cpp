// Bodies larger than memory should hold: parts of sources, uploads with back-pressure, streams that are resumed.
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <future>
#include <thread>

#include "base/testing/temporary_folder.hpp"
#include "http/event_stream.hpp"
#include "http/static_files.hpp"
#include "http/testing/raw_client.hpp"
#include "http/testing/test_server.hpp"

namespace meridian::http {
namespace {

using testing::RawClient;
using testing::RawResponse;
using testing::TestServer;

const std::string kEnd = "Host: localhost\r\n\r\n";

char letter(std::uint64_t at) {
  return static_cast<char>('a' + at % 23);
}
std::string letters(std::uint64_t from, std::uint64_t size) {
  std::string text;
  for (std::uint64_t i = from; i < from + size; ++i) text += letter(i);
  return text;
}

/// So many letters, made as they are pulled; `skips` says whether it can move ahead by itself.
class Letters final : public BodySource {
 public:
  Letters(std::uint64_t size, bool skips) : size_(size), skips_(skips) {}
  Result<Flow> pull(std::string& out, std::size_t wanted, const Waker& /*waker*/) override {
    const std::uint64_t piece = std::min<std::uint64_t>(wanted, size_ - at_);
    out += letters(at_, piece);
    at_ += piece;
    return at_ == size_ ? Flow::end : Flow::more;
  }
  bool skip(std::uint64_t bytes) override {
    if (skips_) at_ = bytes;
    return skips_;
  }

 private:
  std::uint64_t size_;
  std::uint64_t at_ = 0;
  bool skips_;
};

class Ranges : public ::testing::TestWithParam<bool> {
 protected:
  static constexpr std::uint64_t kSize = 200'000;
  Ranges() {
    Router router;
    router.add(Method::get, "/letters", [](const Request&) {
      Response response =
          Response::stream("application/octet-stream", std::make_unique<Letters>(kSize, GetParam()), kSize);
      response.headers.set("ETag", "\"v1\"");
      response.allow_ranges = true;
      return response;
    });
    server_ = std::make_unique<TestServer>(std::move(router));
  }
  RawResponse get(const std::string& range, const std::string& fields = {}) {
    RawClient client(server_->port());
    client.send("GET /letters HTTP/1.1\r\nRange: " + range + "\r\n" + fields + kEnd);
    return client.response();
  }
  std::unique_ptr<TestServer> server_;
};

TEST_P(Ranges, of_a_source_are_exactly_the_bytes_asked_for) {
  const RawResponse middle = get("bytes=100001-170000");
  EXPECT_EQ(middle.status, 206);
  EXPECT_EQ(middle.field("Content-Range"), "bytes 100001-170000/200000");
  EXPECT_EQ(middle.field("Content-Length"), "70000");
  EXPECT_EQ(middle.body, letters(100'001, 70'000));
  EXPECT_EQ(get("bytes=-3").body, letters(kSize - 3, 3));
  EXPECT_EQ(get("bytes=0-0").body, "a");
  EXPECT_EQ(get("bytes=199999-").body, letters(kSize - 1, 1));
  EXPECT_EQ(get("bytes=0-").body, letters(0, kSize));
}

TEST_P(Ranges, of_a_source_that_cannot_be_given_are_refused_or_ignored) {
  const RawResponse beyond = get("bytes=200000-");
  EXPECT_EQ(beyond.status, 416);
  EXPECT_EQ(beyond.field("Content-Range"), "bytes */200000");
  const RawResponse several = get("bytes=0-1,5-6");
  EXPECT_EQ(several.status, 200);
  EXPECT_EQ(several.body.size(), kSize);
  EXPECT_EQ(several.field("Accept-Ranges"), "bytes");
  EXPECT_EQ(get("bytes=0-1", "If-Range: \"v0\"\r\n").status, 200) << "the client's half is of another version";
  EXPECT_EQ(get("bytes=0-1", "If-Range: \"v1\"\r\n").status, 206);
}

INSTANTIATE_TEST_SUITE_P(Sources, Ranges, ::testing::Bool(), [](const auto& sources) {
  return sources.param ? std::string("that_skip") : std::string("that_do_not_skip");
});

TEST(LargeFiles, are_served_in_parts) {
  const meridian::testing::TemporaryFolder place;
  const std::string& folder = place.path();
  constexpr std::uint64_t kSize = 3'000'000;
  std::ofstream(folder + "/image.bin") << letters(0, kSize);
  Router router;
  ASSERT_TRUE(mount_directory(router, "/files", folder));
  const TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("GET /files/image.bin HTTP/1.1\r\nRange: bytes=2500000-2600000\r\n" + kEnd);
  const RawResponse part = client.response();
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.field("Content-Range"), "bytes 2500000-2600000/3000000");
  EXPECT_EQ(part.body, letters(2'500'000, 100'001));
  client.send("GET /files/image.bin HTTP/1.1\r\n" + kEnd);
  const RawResponse whole = client.response();
  EXPECT_EQ(whole.field("Accept-Ranges"), "bytes");
  EXPECT_EQ(whole.body, letters(0, kSize));
}

/// Takes pieces while it may; the test opens and closes it.
struct Gate {
  std::mutex mutex;
  bool open = true;
  Waker waiting;  // protected by mutex
  std::atomic<std::uint64_t> taken = 0;

  void set_open() {
    Waker waker;
    {
      const std::lock_guard lock(mutex);
      open = true;
      waker = waiting;
    }
    waker.wake();
  }
};

class GatedSink final : public BodySink {
 public:
  GatedSink(Gate& gate, Responder responder) : gate_(gate), responder_(std::move(responder)) {}
  Result<Flow> write(std::string_view bytes, const Waker& waker) override {
    largest_ = std::max(largest_, bytes.size());
    gate_.taken += bytes.size();
    const std::lock_guard lock(gate_.mutex);
    gate_.waiting = waker;
    return gate_.open ? Flow::more : Flow::wait;
  }
  void finish() override {
    std::move(responder_).send(Response::text(largest_ <= (1 << 20) ? "small pieces" : "large pieces"));
  }

 private:
  Gate& gate_;
  Responder responder_;
  std::size_t largest_ = 0;
};

TEST(Upload, of_hundreds_of_megabytes_comes_no_faster_than_it_is_taken) {
  constexpr std::uint64_t kSize = 256ULL << 20;
  Gate gate;
  gate.open = false;
  Router router;
  router.add_upload(Method::put, "/study", [&](Request, Responder responder) -> Result<std::unique_ptr<BodySink>> {
    return std::make_unique<GatedSink>(gate, std::move(responder));
  });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("PUT /study HTTP/1.1\r\nContent-Length: " + std::to_string(kSize) + "\r\n" + kEnd);
  std::atomic<std::uint64_t> sent = 0;
  std::thread sender([&] {
    const std::string block(1 << 20, 'd');
    while (sent < kSize && client.send(block)) sent += block.size();
  });
  // The sink takes one piece and no more: what was sent settles at what the sockets' buffers hold.
  std::uint64_t seen = 0;
  for (int same = 0; same < 1000 || gate.taken == 0; std::this_thread::yield()) {
    same = sent == seen ? same + 1 : 0;
    seen = sent;
  }
  EXPECT_LT(sent, kSize / 2);
  EXPECT_LE(gate.taken, 1u << 20);
  gate.set_open();
  sender.join();
  EXPECT_EQ(client.response().body, "small pieces");
  EXPECT_EQ(gate.taken, kSize);
}

/// Tells when it is let go before its end.
class AbandonedSink final : public BodySink {
 public:
  explicit AbandonedSink(std::promise<void>& gone) : gone_(gone) {}
  ~AbandonedSink() override { gone_.set_value(); }
  Result<Flow> write(std::string_view /*bytes*/, const Waker& /*waker*/) override { return Flow::more; }
  void finish() override { FAIL() << "a body that was cut is complete"; }

 private:
  std::promise<void>& gone_;
};

TEST(Upload, tells_its_sink_that_the_client_has_gone) {
  std::promise<void> gone;
  Router router;
  router.add_upload(Method::put, "/study", [&](Request, const Responder&) -> Result<std::unique_ptr<BodySink>> {
    return std::make_unique<AbandonedSink>(gone);
  });
  const TestServer server(std::move(router));
  {
    RawClient client(server.port());
    client.send("PUT /study HTTP/1.1\r\nContent-Length: 1000000\r\n" + kEnd + "the beginning");
  }
  gone.get_future().wait();
}

/// Never has anything to give; tells when it is let go.
class SilentSource final : public BodySource {
 public:
  explicit SilentSource(std::promise<void>& gone) : gone_(gone) {}
  ~SilentSource() override { gone_.set_value(); }
  Result<Flow> pull(std::string& out, std::size_t /*wanted*/, const Waker& /*waker*/) override {
    if (!begun_) out += "begun";
    begun_ = true;
    return Flow::wait;
  }

 private:
  std::promise<void>& gone_;
  bool begun_ = false;
};

TEST(Streaming, tells_a_source_that_waits_that_the_client_has_gone) {
  std::promise<void> gone;
  Router router;
  router.add(Method::get, "/silent",
             [&](const Request&) { return Response::stream("text/plain", std::make_unique<SilentSource>(gone)); });
  const TestServer server(std::move(router));
  {
    RawClient client(server.port());
    client.send("GET /silent HTTP/1.1\r\n" + kEnd);
    std::string seen;
    while (seen.find("begun") == std::string::npos) seen += client.read(1);
  }
  gone.get_future().wait();
}

TEST(EventStream, goes_on_where_a_returning_client_left_it) {
  Router router;
  router.add(Method::get, "/events", [](const Request& request) {
    OpenEventStream open = open_event_stream();
    const std::string_view seen = last_event_id(request);
    for (int id = seen.empty() ? 1 : std::stoi(std::string(seen)) + 1; id <= 3; ++id) {
      (void)open.stream->send({.data = "event " + std::to_string(id), .id = std::to_string(id)});
    }
    open.stream->close();
    return std::move(open.response);
  });
  const TestServer server(std::move(router));
  RawClient client(server.port());
  client.send("GET /events HTTP/1.1\r\n" + kEnd);
  EXPECT_EQ(client.response().body, "id: 1\ndata: event 1\n\nid: 2\ndata: event 2\n\nid: 3\ndata: event 3\n\n");
  client.send("GET /events HTTP/1.1\r\nLast-Event-ID: 2\r\n" + kEnd);
  EXPECT_EQ(client.response().body, "id: 3\ndata: event 3\n\n");
}

}  // namespace
}  // namespace meridian::http
