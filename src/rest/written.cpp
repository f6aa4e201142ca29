#include "rest/written.hpp"

#include <utility>

#include "rest/internal/fhir_server.hpp"
#include "rest/messages.hpp"
#include "rest/outcome.hpp"
#include "rest/read_interactions.hpp"
#include "rest/version_headers.hpp"

namespace meridian::rest {
namespace {

using store::CommitOutcome;
using store::WriteOutcome;
using store::WriteStatus;

struct Done {
  WriteOutcome write;
  Instant time;
};

/// Headers of a write that left a version behind. One that was not written now has its own time.
void set_headers(http::Response& response, const Done& done, const Exchange& exchange) {
  if (done.write.version == 0) return;
  const bool is_new = done.write.status != WriteStatus::existed && done.write.status != WriteStatus::unchanged;
  response.headers.set("ETag", etag(done.write.version));
  if (is_new) set_version_headers(response, done.write.version, done.time);
  const bool is_read = done.write.status == WriteStatus::created || done.write.status == WriteStatus::existed;
  if (is_read) response.headers.set("Location", exchange.base + "/" + version_path(done.write.key, done.write.version));
}

http::Response said_done(const Exchange& exchange, int status) {
  Issues issues;
  issues.add({Severity::information, IssueType::informational, kDone});
  return answer(issues, exchange.representation, status);
}

void show_written(const ExchangePtr& exchange, const Done& done) {
  const int status = status_of(done.write.status);
  Result<store::Version> version =
      exchange->server->store().read_version(exchange->context.reader, done.write.key, done.write.version);
  // Purged or hidden meanwhile: the write was done all the same.
  http::Response response =
      version ? show_version(std::move(*version), *exchange, status) : said_done(*exchange, status);
  set_headers(response, done, *exchange);
  exchange->respond(std::move(response));
}

void answer_done(const ExchangePtr& exchange, const Done& done) {
  const bool has_body = done.write.status != WriteStatus::deleted && done.write.status != WriteStatus::absent;
  const int status = status_of(done.write.status);
  switch (exchange->preferences.returned) {
    case ReturnPreference::operation_outcome: {
      http::Response response = said_done(*exchange, has_body ? status : 200);
      set_headers(response, done, *exchange);
      return exchange->respond(std::move(response));
    }
    case ReturnPreference::minimal:
      break;
    default:
      // Reading is for the pool, not for the thread that orders commits.
      if (has_body) return exchange->server->later([exchange, done] { show_written(exchange, done); });
  }
  http::Response response(status);
  set_headers(response, done, *exchange);
  exchange->respond(std::move(response));
}

}  // namespace

int status_of(WriteStatus status) {
  switch (status) {
    case WriteStatus::created:
      return 201;
    case WriteStatus::deleted:
    case WriteStatus::absent:
      return 204;
    default:
      return 200;
  }
}

void commit_and_answer(const ExchangePtr& exchange, store::Write write, OnFailure on_failure) {
  store::CommitRequest request;
  request.writes.push_back(std::move(write));
  exchange->server->store().commit(
      exchange->context.writer, std::move(request),
      [exchange, on_failure = std::move(on_failure)](tl::expected<CommitOutcome, store::CommitFailure> done) {
        if (done) return answer_done(exchange, {std::move(done->writes.front()), done->time});
        if (on_failure && on_failure(done.error())) return;
        exchange->respond(refuse(done.error(), exchange->representation));
      });
}

std::optional<fhir::Document> resource_to_write(const ExchangePtr& exchange) {
  ReadBody body = read_body(exchange->request);
  const Representation& representation = exchange->representation;
  if (body.unsupported_form) {
    exchange->respond(unsupported_media_type(representation));
    return std::nullopt;
  }
  if (!body.document.has_root()) {
    exchange->respond(answer(body.issues, representation, 400));
    return std::nullopt;
  }
  const std::string_view type = body.document.schema().type(body.document.root().type()).name;
  if (type != exchange->type_name()) {
    exchange->respond(refuse(400, IssueType::invalid, kWrongType,
                             {std::string(exchange->type_name()), std::string(type)}, representation));
    return std::nullopt;
  }
  return std::move(body.document);
}

}  // namespace meridian::rest
