#include "rest/export_interaction.hpp"

#include <algorithm>
#include <utility>

#include "base/input.hpp"
#include "formats/fhir/json_writer.hpp"
#include "http/compression.hpp"
#include "rest/export_jobs.hpp"
#include "rest/internal/fhir_server.hpp"
#include "rest/outcome.hpp"

namespace meridian::rest {
namespace {

constexpr const char* kNdjson = "application/fhir+ndjson";

/// A file's bytes for a response.
class FileBody final : public http::BodySource {
 public:
  explicit FileBody(std::unique_ptr<ByteSource> source) : source_(std::move(source)) {}
  Result<http::Flow> pull(std::string& out, std::size_t wanted, const http::Waker&) override {
    const std::size_t before = out.size();
    out.resize(before + wanted);
    const Result<std::size_t> read = source_->read({out.data() + before, wanted});
    out.resize(before + read.value_or(0));
    if (!read) return fail(read.error());
    return *read == 0 ? http::Flow::end : http::Flow::more;
  }

 private:
  std::unique_ptr<ByteSource> source_;
};

http::Response refuse_missing(const Exchange& exchange) {
  return refuse(Error(ErrorCode::not_found, "there is no such export"), exchange.representation);
}

http::Response start(const Exchange& exchange, ExportLevel level) {
  if (!exchange.server->exports) {
    return refuse(Error(ErrorCode::unsupported, "this server has no folder for exports"), exchange.representation);
  }
  Result<ExportJob> job = export_asked(exchange, level);
  if (!job) return refuse(job.error(), exchange.representation);
  if (level == ExportLevel::group) {
    const Result<store::Version> group = exchange.server->store().read(exchange.context.reader, {"Group", job->group});
    if (!group) return refuse(group.error(), exchange.representation);
  }
  const std::string place = exchange.base + "/$export/" + job->id;
  const Result<> started = exchange.server->exports->start(std::move(*job));
  if (!started) return refuse(started.error(), exchange.representation);
  return http::Response(202).with("Content-Location", place);
}

std::optional<ExportJob> job_of(const Exchange& exchange) {
  if (!exchange.server->exports) return std::nullopt;
  return exchange.server->exports->find(exchange.context.reader.tenant.value(), exchange.request.path_parameter("job"));
}

std::string manifest(const ExportJob& job, const std::string& base) {
  fhir::JsonWriter json;
  json.begin_object();
  json.key("transactionTime").string(job.time.to_string());
  json.key("request").string(job.request);
  json.key("requiresAccessToken").boolean(false);
  json.key("output").begin_array();
  for (const ExportJob::File& file : job.files) {
    if (file.count == 0) continue;
    json.begin_object();
    json.key("type").string(file.type);
    json.key("url").string(base + "/$export/" + job.id + "/" + file.type);
    json.key("count").number(static_cast<std::int64_t>(file.count));
    json.end_object();
  }
  json.end_array();
  json.key("error").begin_array().end_array();
  json.end_object();
  return std::move(json).take();
}

}  // namespace

http::Response export_system(const Exchange& exchange) {
  return start(exchange, ExportLevel::system);
}

http::Response export_patients(const Exchange& exchange) {
  return start(exchange, ExportLevel::patient);
}

http::Response export_group(const Exchange& exchange) {
  return start(exchange, ExportLevel::group);
}

http::Response show_export(const Exchange& exchange) {
  const std::optional<ExportJob> job = job_of(exchange);
  if (!job) return refuse_missing(exchange);
  if (job->state == ExportState::failed) {
    return refuse(Error(ErrorCode::internal, job->error), exchange.representation);
  }
  if (job->state == ExportState::done) return http::Response::json(manifest(*job, exchange.base));
  const std::size_t percent = job->types.empty() ? 0 : job->files.size() * 100 / job->types.size();
  return http::Response(202).with("X-Progress", std::to_string(percent) + "%").with("Retry-After", "1");
}

http::Response give_export_file(const Exchange& exchange) {
  const std::optional<ExportJob> job = job_of(exchange);
  const std::string_view type = exchange.request.path_parameter("file");
  const bool is_there = job && job->state == ExportState::done &&
                        std::any_of(job->files.begin(), job->files.end(),
                                    [&](const ExportJob::File& file) { return file.type == type && file.count > 0; });
  if (!is_there) return refuse_missing(exchange);
  const std::string path = exchange.server->exports->file_path(*job, type);
  const bool as_it_lies =
      http::negotiate_coding(exchange.request.headers.joined("Accept-Encoding")) == http::Coding::zstd;
  Result<std::unique_ptr<ByteSource>> source = as_it_lies ? open_raw_input(path) : open_input(path);
  if (!source) return refuse(source.error(), exchange.representation);
  http::Response response = http::Response::stream(kNdjson, std::make_unique<FileBody>(std::move(*source)));
  if (as_it_lies) {
    response.headers.set("Content-Encoding", "zstd");
    response.headers.set("Vary", "Accept-Encoding");
    response.allow_compression = false;
  }
  return response;
}

http::Response cancel_export(const Exchange& exchange) {
  const bool removed =
      exchange.server->exports &&
      exchange.server->exports->remove(exchange.context.reader.tenant.value(), exchange.request.path_parameter("job"));
  return removed ? http::Response(202) : refuse_missing(exchange);
}

}  // namespace meridian::rest
