#include "ingest/http_inlet.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "formats/fhir/json_writer.hpp"
#include "http/router.hpp"
#include "ingest/device_format.hpp"
#include "ingest/device_register.hpp"
#include "ingest/feeds.hpp"
#include "ingest/intake.hpp"

namespace meridian::ingest {
namespace {

using http::Request;
using http::Response;

constexpr std::uint64_t kLargestBody = std::uint64_t{64} << 20;

/// What became of the messages of a request; the last to be told of one answers it.
class Delivery {
 public:
  Delivery(std::shared_ptr<FeedService> service, http::Responder responder)
      : service_(std::move(service)), responder_(std::move(responder)) {}

  static void take(const std::shared_ptr<Delivery>& delivery, std::string content, const std::string& source) {
    delivery->begin();
    const bool waits = delivery->service_->feed().acknowledge == AcknowledgeWhen::commit;
    delivery->service_->intake().take(std::move(content), source, std::nullopt,
                                      [delivery, waits](const Arrival& arrival, const Result<Receipt>& receipt) {
                                        delivery->filed(arrival, receipt);
                                        if (!receipt || !arrival.is_readable || !waits) return delivery->end();
                                        delivery->service_->pipeline().when_finished(
                                            receipt->id.sequence, [delivery](const Outcome& outcome) {
                                              delivery->finished(outcome);
                                              delivery->end();
                                            });
                                      });
  }

  void begin() {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  void end() {
    std::unique_lock lock(mutex_);
    if (--open_ != 0) return;
    lock.unlock();
    answer();
  }

 private:
  void filed(const Arrival& arrival, const Result<Receipt>& receipt) {
    const std::lock_guard lock(mutex_);
    if (!receipt) {
      ++unsafe_;
      return;
    }
    ++messages_;
    if (receipt->is_duplicate) ++duplicates_;
    if (!arrival.is_readable) ++dead_;
    sequence_ = receipt->id.sequence;
  }
  void finished(const Outcome& outcome) {
    const std::lock_guard lock(mutex_);
    if (outcome.state == MessageState::done) return;
    ++dead_;
    if (reason_.empty()) reason_ = outcome.text;
  }

  void answer() {
    if (unsafe_ > 0) {
      std::move(responder_).send(Response::problem(503, "not all messages are safe: send them again"));
      return;
    }
    fhir::JsonWriter out;
    out.begin_object().key("messages").number(messages_).key("duplicates").number(duplicates_);
    out.key("dead_letters").number(dead_);
    if (messages_ == 1) out.key("sequence").number(sequence_);
    if (!reason_.empty()) out.key("reason").string(reason_);
    out.end_object();
    Response response = Response::json(std::move(out).take());
    if (dead_ > 0) response.status = 422;
    std::move(responder_).send(std::move(response));
  }

  const std::shared_ptr<FeedService> service_;
  http::Responder responder_;
  std::mutex mutex_;
  std::uint64_t open_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t duplicates_ = 0;
  std::uint64_t dead_ = 0;
  std::uint64_t unsafe_ = 0;
  std::uint64_t sequence_ = 0;
  std::string reason_;
};

/// `Authorization: Bearer KEY`: the key of a device.
std::string_view key_of(const Request& request) {
  constexpr std::string_view kBearer = "Bearer ";
  const std::string_view given = request.headers.get("Authorization");
  return given.starts_with(kBearer) ? given.substr(kBearer.size()) : std::string_view();
}

std::string source_of(const Request& request, const Feed& feed) {
  const http::Peer& peer = request.peer;
  std::string source = "http " + peer.address;
  if (feed.mapping == kDeviceMapping) source += shown_by(key_of(request), peer.certificate_sha256);
  if (!peer.certificate_subject.empty()) source += ' ' + peer.certificate_subject;
  return source;
}

void take(Feeds& feeds, Request request, http::Responder responder) {
  std::shared_ptr<FeedService> service = feeds.find(request.path_parameter("feed"));
  const auto refuse = [&responder](int status, const char* why) {
    std::move(responder).send(Response::problem(status, why));
  };
  if (service == nullptr) return refuse(404, "there is no such feed");
  if (service->feed().kind != ConnectorKind::http) return refuse(409, "the feed's connector is not http");
  if (!service->feed().is_enabled || service->is_paused()) return refuse(503, "the feed is paused");
  if (request.body.empty()) return refuse(400, "there is no message in the body");
  const std::string source = source_of(request, service->feed());
  const auto delivery = std::make_shared<Delivery>(std::move(service), std::move(responder));
  delivery->begin();
  if (request.content_type() != "application/x-ndjson") {
    Delivery::take(delivery, std::move(request.body), source);
  } else {
    std::string_view rest = request.body;
    while (!rest.empty()) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (line.find_first_not_of(" \t\r") != std::string_view::npos) {
        Delivery::take(delivery, std::string(line.substr(0, line.find_last_not_of('\r') + 1)), source);
      }
    }
  }
  delivery->end();
}

}  // namespace

void mount_inlet(http::Router& router, Feeds& feeds) {
  router
      .add_deferred(http::Method::post, "/api/v1/feeds/{feed}/messages",
                    [&feeds](Request request, http::Responder responder) {
                      take(feeds, std::move(request), std::move(responder));
                    })
      .max_body(kLargestBody)
      .summary("Give messages to a feed whose connector is http")
      .responds(200, "They are safe, or in the store when the feed acknowledges at commit", "application/json")
      .responds(422, "Some are dead letters", "application/json")
      .responds(503, "Not all are safe: send them again")
      .tag("Feeds");
}

}  // namespace meridian::ingest
