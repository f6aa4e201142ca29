#include "rest/testing/store_client.hpp"

#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <optional>

#include "http/conditional.hpp"
#include "terminology/follower.hpp"
#include "terminology/library.hpp"

namespace meridian::rest::testing {
namespace {

/// Where the answer of a deferred handler arrives.
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

/// Waits for a sink that is full.
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

std::string all_of(http::Response& response) {
  if (!response.source) return std::move(response.body);
  std::string out;
  for (;;) {
    const Result<http::Flow> flow = response.source->pull(out, 65'536, http::Waker());
    if (!flow || *flow != http::Flow::more) return out;
  }
}

}  // namespace

struct StoreClient::Terminology {
  terminology::Service service;
  terminology::Library library{service};
  std::unique_ptr<terminology::Follower> follower;
};

StoreClient::StoreClient() {
  open();
}

StoreClient::~StoreClient() {
  running_.reset();
  router_ = http::Router();
  terminology_->follower.reset();
  store_.reset();
}

void StoreClient::open() {
  store::StoreOptions options;
  options.clock = &clock_;
  options.memory_bytes = 64 << 20;
  terminology_ = std::make_unique<Terminology>();
  options.code_sets = &terminology_->service;
  // The engine is a model in memory: what is tested here is not the disk.
  auto kv = meridian::testing::open_model(store::Store::spaces(), disk_);
  if (!kv) std::abort();
  Result<std::unique_ptr<store::Store>> opened = store::Store::open(std::move(options), std::move(*kv));
  if (!opened) {
    std::fprintf(stderr, "the store does not open: %s\n", opened.error().message().c_str());
    std::abort();
  }
  store_ = std::move(*opened);
  auto follower = terminology::Follower::start(*store_, terminology_->library);
  if (!follower) std::abort();
  terminology_->follower = *std::move(follower);
  StoreServices services;
  services.terminology = &terminology_->service;
  services.definitions = terminology_->follower.get();
  services.store = store_.get();
  services.clock = &clock_;
  services.work_folder = folder_.path() + "/work";
  running_ = mount_store(router_, services);
}

void StoreClient::restart() {
  running_.reset();
  router_ = http::Router();
  terminology_->follower.reset();
  store_.reset();
  open();
}

Reply StoreClient::patch(std::string_view target, std::string_view form, std::string body, Fields fields) {
  fields.emplace_back("Content-Type", form);
  return ask(http::Method::patch, target, std::move(body), fields);
}

Reply StoreClient::ask(http::Method method, std::string_view target, std::string body, const Fields& fields) {
  http::Request request(method, target);
  for (const auto& [name, value] : fields) request.headers.add(name, value);
  const http::Headers headers = request.headers;
  const http::Router::Match match = router_.match(request);
  http::Response response;
  if (match.route != nullptr && match.route->upload) {
    const auto mailbox = std::make_shared<Mailbox>();
    Result<std::unique_ptr<http::BodySink>> sink = match.route->upload(std::move(request), http::Responder(mailbox));
    if (sink && *sink) {
      // In small pieces, as a network might deliver them.
      const auto waking = std::make_shared<Waking>();
      for (std::string_view rest = body; !rest.empty(); rest.remove_prefix(std::min<std::size_t>(rest.size(), 1000))) {
        const Result<http::Flow> flow = (*sink)->write(rest.substr(0, 1000), http::Waker(waking));
        if (!flow) break;
        if (*flow == http::Flow::wait) waking->wait();
      }
      (*sink)->finish();
    }
    response = mailbox->wait();
  } else if (match.route != nullptr && match.route->deferred) {
    const auto mailbox = std::make_shared<Mailbox>();
    request.body = std::move(body);
    match.route->deferred(std::move(request), http::Responder(mailbox));
    response = mailbox->wait();
  } else {
    request.body = std::move(body);
    response = router_.answer(request);
  }
  const bool is_read = method == http::Method::get || method == http::Method::head;
  if (is_read) http::apply_conditions(method, headers, response);
  Reply reply;
  reply.status = response.status;
  reply.content_type = response.headers.get("Content-Type");
  reply.allow = response.headers.get("Allow");
  reply.headers = response.headers;
  reply.body = all_of(response);
  return reply;
}

}  // namespace meridian::rest::testing
