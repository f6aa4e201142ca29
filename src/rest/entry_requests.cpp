#include "rest/entry_requests.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "base/base64.hpp"
#include "http/conditional.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/outcome.hpp"

namespace meridian::rest {
namespace {

/// So many entries of one bundle are under way at once: enough to share a sync, few enough to leave room to others.
constexpr std::size_t kAtOnce = 32;

BundleWriter::Answered answered_by(http::Response response, const Exchange& exchange) {
  BundleWriter::Answered answered;
  answered.status = response.status;
  answered.etag = response.headers.get("ETag");
  std::string_view location = response.headers.get("Location");
  if (location.starts_with(exchange.base)) location.remove_prefix(std::min(exchange.base.size() + 1, location.size()));
  answered.location = location;
  if (const auto modified = http::parse_http_date(response.headers.get("Last-Modified"))) {
    answered.last_modified = Instant::from_seconds(*modified);
  }
  (response.status < 400 ? answered.resource : answered.outcome) = std::move(response.body);
  return answered;
}

class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(ExchangePtr exchange, const fhir::Document& bundle, const std::vector<BundleEntry>& entries,
      std::vector<std::size_t> wanted, EntryAnswers answers, Callback<void(EntryAnswers)> done)
      : exchange_(std::move(exchange)),
        bundle_(bundle),
        entries_(entries),
        order_(std::move(wanted)),
        answers_(std::move(answers)),
        done_(std::move(done)) {
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return phase(a) < phase(b); });
  }

  /// Starts what may start. One thread at a time; the others leave their work to it.
  void pump() {
    std::unique_lock lock(mutex_);
    if (is_pumping_) return;
    is_pumping_ = true;
    while (may_start()) {
      const std::size_t index = order_[next_++];
      ++under_way_;
      lock.unlock();
      start(index);
      lock.lock();
    }
    is_pumping_ = false;
    const bool is_over = is_all_done() && !std::exchange(is_over_, true);
    lock.unlock();
    if (is_over) done_(std::move(answers_));
  }

 private:
  /// The answer of one entry.
  struct Target : http::Responder::Target {
    Target(std::shared_ptr<Run> of, std::size_t at) : run(std::move(of)), index(at) {}
    void send(http::Response response) override { run->finished(index, std::move(response)); }
    std::shared_ptr<Run> run;
    std::size_t index;
  };

  /// What the HTTP layer does to the answers of GET and HEAD: If-None-Match, If-Modified-Since.
  struct Conditional : http::Responder::Target {
    Conditional(http::Responder next, http::Method m, http::Headers fields)
        : responder(std::move(next)), method(m), headers(std::move(fields)) {}
    void send(http::Response response) override {
      const bool is_read = method == http::Method::get || method == http::Method::head;
      if (is_read) http::apply_conditions(method, headers, response);
      std::move(responder).send(std::move(response));
    }
    http::Responder responder;
    http::Method method;
    http::Headers headers;
  };

  Phase phase(std::size_t index) const { return entries_[index].phase(); }
  bool is_all_done() const { return next_ == order_.size() && under_way_ == 0; }
  bool may_start() const {
    if (next_ == order_.size() || under_way_ >= kAtOnce) return false;
    // The phase before must be over.
    return under_way_ == 0 || phase(order_[next_]) == phase(order_[next_ - 1]);
  }

  void start(std::size_t index) {
    exchange_->server->later([self = shared_from_this(), index] { self->dispatch(index); });
  }

  http::Request request_of(const BundleEntry& entry) const {
    const http::Request& outer = exchange_->request;
    std::string target = fhir_root(outer) + (entry.target.path == "/" ? "" : entry.target.path);
    if (!entry.target.query.empty()) target += "?" + entry.target.query;
    http::Request request(entry.method, target);
    request.deadline = outer.deadline;
    request.stop = outer.stop;
    request.peer = outer.peer;
    request.headers.add("Host", outer.host());
    request.headers.add("Accept-Language", outer.headers.joined("Accept-Language"));
    const std::string preferred = outer.headers.joined("Prefer");
    const bool says_return = preferred.find("return=") != std::string::npos;
    request.headers.add("Prefer", says_return ? preferred : "return=minimal");
    const auto add = [&](const char* name, const std::string& value) {
      if (!value.empty() && http::is_field_value(value)) request.headers.add(name, value);
    };
    add("If-Match", entry.if_match);
    add("If-None-Match", entry.if_none_match);
    add("If-None-Exist", entry.if_none_exist);
    add("If-Modified-Since", entry.if_modified_since);
    if (entry.resource) set_body(request, entry.resource);
    return request;
  }

  /// The resource; of a Binary beside PATCH what it holds.
  void set_body(http::Request& request, fhir::Node resource) const {
    const bool is_binary = type_name(resource) == "Binary";
    if (is_binary && request.method == http::Method::patch) {
      const fhir::Node type = resource.child("contentType");
      const fhir::Node data = resource.child("data");
      Result<std::string> bytes = from_base64(data ? data.text() : std::string_view{});
      if (type && bytes && http::is_field_value(type.text())) {
        request.headers.add("Content-Type", type.text());
        request.body = std::move(*bytes);
        return;
      }
    }
    request.headers.add("Content-Type", "application/fhir+json");
    request.body = text_of(bundle_, resource);
  }

  void dispatch(std::size_t index) {
    http::Request request = request_of(entries_[index]);
    http::Responder responder(std::make_shared<Target>(shared_from_this(), index));
    const http::Router::Match match = exchange_->server->entries.match(request);
    if (match.route == nullptr || !match.route->deferred) {
      Representation representation = exchange_->representation;
      return std::move(responder).send(
          refuse(Error(match.status == 405 ? ErrorCode::invalid_argument : ErrorCode::not_found,
                       "the entry asks for what this server does not have"),
                 representation));
    }
    auto conditional = std::make_shared<Conditional>(std::move(responder), request.method, request.headers);
    responder = http::Responder(std::move(conditional));
    match.route->deferred(std::move(request), std::move(responder));
  }

  void finished(std::size_t index, http::Response response) {
    std::unique_lock lock(mutex_);
    answers_[index] = answered_by(std::move(response), *exchange_);
    --under_way_;
    const bool must_pump = !is_pumping_;
    lock.unlock();
    if (must_pump) exchange_->server->later([self = shared_from_this()] { self->pump(); });
  }

  ExchangePtr exchange_;
  const fhir::Document& bundle_;
  const std::vector<BundleEntry>& entries_;
  std::vector<std::size_t> order_;
  EntryAnswers answers_;
  Callback<void(EntryAnswers)> done_;

  std::mutex mutex_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  bool is_pumping_ = false;
  bool is_over_ = false;
};

}  // namespace

void run_entries(const ExchangePtr& exchange, const fhir::Document& bundle, const std::vector<BundleEntry>& entries,
                 const std::vector<std::size_t>& wanted, EntryAnswers answers, Callback<void(EntryAnswers)> done) {
  std::make_shared<Run>(exchange, bundle, entries, wanted, std::move(answers), std::move(done))->pump();
}

}  // namespace meridian::rest
