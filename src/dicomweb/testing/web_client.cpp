#include "dicomweb/testing/web_client.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <optional>

#include "http/conditional.hpp"
#include "http/multipart.hpp"

namespace meridian::dicomweb::testing {
namespace {

struct Mailbox : http::Responder::Target {
  std::mutex mutex;
  std::condition_variable arrived;
  std::optional<http::Response> response;

  void send(http::Response given) override {
    const std::lock_guard lock(mutex);
    response = std::move(given);
    arrived.notify_all();
  }
  http::Response wait() {
    std::unique_lock lock(mutex);
    arrived.wait(lock, [&] { return response.has_value(); });
    return std::move(*response);
  }
};

struct Waking : http::Waker::Target {
  std::mutex mutex;
  std::condition_variable woken;
  bool is_awake = false;
  void wake() override {
    const std::lock_guard lock(mutex);
    is_awake = true;
    woken.notify_all();
  }
  void wait() {
    std::unique_lock lock(mutex);
    woken.wait(lock, [&] { return is_awake; });
    is_awake = false;
  }
};

WebReply reply_of(http::Response response) {
  WebReply reply;
  reply.status = response.status;
  reply.headers = response.headers;
  reply.body = std::move(response.body);
  while (response.source) {
    const Result<http::Flow> flow = response.source->pull(reply.body, 1000, http::Waker());
    if (flow && *flow == http::Flow::more) continue;
    reply.is_whole = flow.has_value();
    break;
  }
  if (response.source_size && reply.is_whole) {
    EXPECT_EQ(reply.body.size(), *response.source_size);
  }
  return reply;
}

class Collector final : public http::PartReceiver {
 public:
  Result<> begin(const http::Headers& headers) override {
    parts.push_back({headers, {}});
    return {};
  }
  Result<> data(std::string_view bytes) override {
    parts.back().body += bytes;
    return {};
  }
  Result<> end() override { return {}; }
  std::vector<WebPart> parts;
};

}  // namespace

WebClient::WebClient(Services services, imaging::ArchiveOptions options) {
  options.folder = folder_.path() + "/archive";
  options.key = "a key of tests";
  auto opened = imaging::Archive::open(std::move(options));
  EXPECT_TRUE(opened) << opened.error().message();
  archive_ = std::move(*opened);
  services.archive = archive_.get();
  mount_dicomweb(router_, std::move(services));
}

WebReply WebClient::get(std::string_view target, std::string_view accept, Fields fields) {
  if (!accept.empty()) fields.emplace_back("Accept", accept);
  return ask(http::Method::get, target, {}, fields);
}

WebReply WebClient::remove(std::string_view target) {
  return ask(http::Method::delete_, target, {}, {});
}

WebReply WebClient::ask(http::Method method, std::string_view target, std::string body, const Fields& fields) {
  http::Request request(method, target);
  request.headers.add("Host", "archive.example");
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  request.body = std::move(body);
  const http::Headers headers = request.headers;
  http::Response response = router_.answer(request);
  if (method == http::Method::get) http::apply_conditions(method, headers, response);
  return reply_of(std::move(response));
}

WebReply WebClient::post(std::string_view target, std::string_view content_type, std::string_view body,
                         std::size_t piece) {
  http::Request request(http::Method::post, target);
  request.headers.add("Host", "archive.example");
  request.headers.add("Content-Type", content_type);
  const http::Router::Match match = router_.match(request);
  if (match.route == nullptr || !match.route->upload) return {match.status, {}, {}};
  const auto mailbox = std::make_shared<Mailbox>();
  Result<std::unique_ptr<http::BodySink>> sink = match.route->upload(std::move(request), http::Responder(mailbox));
  if (!sink) return reply_of(http::Response::problem(sink.error()));
  const auto waking = std::make_shared<Waking>();
  for (; !body.empty(); body.remove_prefix(std::min(body.size(), piece))) {
    const Result<http::Flow> flow = (*sink)->write(body.substr(0, piece), http::Waker(waking));
    if (!flow) return reply_of(http::Response::problem(flow.error()));
    if (*flow == http::Flow::wait) waking->wait();
  }
  (*sink)->finish();
  return reply_of(mailbox->wait());
}

WebReply WebClient::store(const std::vector<std::string>& files, std::string_view target) {
  std::string body;
  for (const std::string& file : files) {
    body += "--a-boundary-of-tests\r\nContent-Type: application/dicom\r\n\r\n" + file + "\r\n";
  }
  body += "--a-boundary-of-tests--\r\n";
  return post(target, "multipart/related; type=\"application/dicom\"; boundary=a-boundary-of-tests", body);
}

std::vector<WebPart> parts_of(const WebReply& reply) {
  const auto boundary = http::boundary_of(reply.headers.get("Content-Type"));
  EXPECT_TRUE(boundary) << reply.status << ' ' << reply.body.substr(0, 500);
  if (!boundary) return {};
  Collector collector;
  http::MultipartLimits limits;
  limits.parts = 100'000;
  http::MultipartParser parser(*boundary, collector, limits);
  EXPECT_TRUE(parser.write(reply.body));
  EXPECT_TRUE(parser.finish());
  return std::move(collector.parts);
}

}  // namespace meridian::dicomweb::testing
