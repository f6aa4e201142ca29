#include "ingest/destination.hpp"

#include <cstdio>
#include <utility>

#include "base/file_system.hpp"
#include "base/log.hpp"
#include "connect/mllp_client.hpp"
#include "formats/fhir/document.hpp"
#include "formats/hl7v2/message.hpp"
#include "http/client.hpp"
#include "ingest/messages.hpp"
#include "mapping/bundle.hpp"
#include "mapping/merge_rules.hpp"

namespace meridian::ingest {
namespace {

constexpr std::size_t kLongestReason = 500;

void tell_failure(const std::string& feed, const Error& error) {
  static LogLimit limit(1);
  log(LogLevel::warning, "destination cannot be reached", {{"feed", feed}, {"reason", error.message()}}, &limit);
}

class MllpDelivery final : public Forwarder {
 public:
  MllpDelivery(std::string feed, std::unique_ptr<connect::MllpClient> client)
      : feed_(std::move(feed)), client_(std::move(client)) {}

  void forward(const Message& message, ForwardDone done) const override {
    client_->send(message.content, [feed = feed_, control_id = message.header.control_id,
                                    done = std::move(done)](const Result<std::string>& answer) {
      Issues issues;
      if (answer) {
        const Forwarded said = read_acknowledgement(*answer, control_id, issues);
        return done(said, std::move(issues));
      }
      tell_failure(feed, answer.error());
      if (answer.error().code() != ErrorCode::invalid_argument) return done(Forwarded::failed, Issues());
      issues.add({Severity::error, IssueType::structure, kRefused, {answer.error().message()}});
      done(Forwarded::refused, std::move(issues));
    });
  }

 private:
  const std::string feed_;
  const std::unique_ptr<connect::MllpClient> client_;
};

/// What a file of it is called: by its first byte, as the formats of messages differ.
const char* ending_of(std::string_view content) {
  return content.starts_with('{') ? ".json" : content.starts_with('<') ? ".xml" : ".hl7";
}

class FileDelivery final : public Forwarder {
 public:
  FileDelivery(std::string feed, std::string folder) : feed_(std::move(feed)), folder_(std::move(folder)) {}

  void forward(const Message& message, ForwardDone done) const override {
    char number[24];
    std::snprintf(number, sizeof number, "%012llu", static_cast<unsigned long long>(message.id.sequence));
    const Result<> written = replace_file(
        system_files(), folder_ + '/' + feed_ + '-' + number + ending_of(message.content), message.content);
    if (!written) tell_failure(feed_, written.error());
    done(written ? Forwarded::done : Forwarded::failed, Issues());
  }

 private:
  const std::string feed_;
  const std::string folder_;
};

/// The first words of an OperationOutcome, or the status alone.
std::string reason_of(const http::ClientResponse& response) {
  std::string reason = "status " + std::to_string(response.status);
  Issues ignored;
  const fhir::Document document = fhir::DocumentParser().parse(response.body, ignored);
  const fhir::Node issue = document.has_root() ? document.root().child("issue") : fhir::Node();
  if (!issue) return reason;
  fhir::Node words = issue.child("diagnostics");
  if (!words && issue.child("details")) words = issue.child("details").child("text");
  if (words) reason += ": " + std::string(words.text().substr(0, kLongestReason));
  return reason;
}

class FhirDelivery final : public Forwarder {
 public:
  FhirDelivery(std::string feed, std::string url, http::Client client, const Mapper& mapper)
      : feed_(std::move(feed)), url_(std::move(url)), client_(std::move(client)), mapper_(mapper) {}

  void forward(const Message& message, ForwardDone done) const override {
    Issues issues;
    mapping::Mapped mapped;
    mapped.writes = mapper_.map(message, issues);
    if (issues.has_errors()) return done(Forwarded::refused, std::move(issues));
    if (mapped.writes.empty()) return done(Forwarded::done, Issues());
    mapping::Merger merger(mapper_.rules());
    http::ClientRequest request;
    request.method = http::Method::post;
    request.url = url_;
    request.headers.set("Content-Type", "application/fhir+json");
    request.headers.set("Accept", "application/fhir+json");
    request.body = mapping::bundle_of(mapped, merger);
    client_.send(std::move(request),
                 [feed = feed_, done = std::move(done)](const Result<http::ClientResponse>& answer) {
                   if (!answer) tell_failure(feed, answer.error());
                   if (!answer || answer->status >= 500 || answer->status == 408 || answer->status == 429) {
                     return done(Forwarded::failed, Issues());
                   }
                   if (answer->status / 100 == 2) return done(Forwarded::done, Issues());
                   Issues refusal;
                   refusal.add({Severity::error, IssueType::processing, kRefused, {reason_of(*answer)}});
                   done(Forwarded::refused, std::move(refusal));
                 });
  }

 private:
  const std::string feed_;
  const std::string url_;
  mutable http::Client client_;
  const Mapper& mapper_;
};

Result<std::unique_ptr<Forwarder>> mllp_delivery(const Feed& feed, net::Io& io) {
  connect::MllpClientOptions options;
  options.host = feed.destination->host;
  options.port = feed.destination->port;
  options.tls = feed.destination->tls;
  options.certificates = feed.destination->certificates;
  return std::make_unique<MllpDelivery>(feed.name, TRY(connect::MllpClient::create(std::move(options), io)));
}

Result<std::unique_ptr<Forwarder>> fhir_delivery(const Feed& feed, net::Io& io, const Mapper* mapper) {
  if (mapper == nullptr) return fail(ErrorCode::invalid_argument, "a destination of kind fhir needs a mapping");
  TRY(http::parse_url(feed.destination->url));
  http::ClientOptions options;
  options.allowed_reach = http::AllowedReach::anywhere;  // whoever declares feeds says where
  options.tls = feed.destination->certificates;
  return std::make_unique<FhirDelivery>(feed.name, feed.destination->url,
                                        TRY(http::Client::create(std::move(options), io)), *mapper);
}

Result<std::unique_ptr<Forwarder>> file_delivery(const Feed& feed) {
  const std::string& folder = feed.destination->folder;
  if (!TRY(system_files().exists(folder))) TRY(system_files().create_directory(folder));
  return std::make_unique<FileDelivery>(feed.name, folder);
}

}  // namespace

Forwarded read_acknowledgement(std::string_view ack, std::string_view control_id, Issues& issues) {
  Issues ignored;
  hl7v2::MessageParser parser;
  const hl7v2::Message message = parser.parse_borrowed(ack, ignored);
  const hl7v2::Segment msa = message ? message.segment("MSA") : hl7v2::Segment();
  const std::string code = msa ? msa.field(1).text() : std::string();
  if (code.size() != 2 || (!control_id.empty() && msa.field(2).text() != control_id)) return Forwarded::failed;
  if (code == "AA" || code == "CA") return Forwarded::done;
  std::string reason = code;
  if (const std::string text = msa.field(3).text(); !text.empty()) reason += ": " + text;
  if (const hl7v2::Segment err = message.segment("ERR")) {
    for (const std::size_t field : {8U, 7U, 5U, 3U}) {
      const std::string text = err.field(field).text();
      if (text.empty()) continue;
      reason += ": " + text;
      break;
    }
  }
  issues.add({Severity::error, IssueType::processing, kRefused, {reason.substr(0, kLongestReason)}});
  return Forwarded::refused;
}

Result<std::unique_ptr<Forwarder>> make_delivery(const Feed& feed, net::Io& io, const Mapper* mapper) {
  switch (feed.destination->kind) {
    case DestinationKind::mllp:
      return mllp_delivery(feed, io);
    case DestinationKind::fhir:
      return fhir_delivery(feed, io, mapper);
    case DestinationKind::file:
      return file_delivery(feed);
  }
  return fail(ErrorCode::invalid_argument, "no such kind of destination");
}

}  // namespace meridian::ingest
