// backup, restore, verify, reindex, stats: how a data folder is looked after.
#include <fmt/format.h>

#include <filesystem>
#include <string>
#include <system_error>
#include <utility>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/file_system.hpp"
#include "formats/fhir/document.hpp"
#include "http/target.hpp"

namespace meridian::app {
namespace {

/// One request whose answer is text, line by line as it comes.
Result<int> run_job(const Place& place, const CommonOptions& common, std::string path, Output& output) {
  Endpoint endpoint = TRY(Endpoint::open(place, common, Missing::refuse));
  Endpoint::Request request{.method = http::Method::post, .path = std::move(path)};
  const http::ClientResponse response = TRY(endpoint.call(std::move(request)));
  output.write(response.body);
  if (!response.body.ends_with('\n')) output.write("\n");
  const std::string_view faults = response.headers.get("Meridian-Faults");
  return faults.empty() || faults == "0" ? kOk : kFound;
}

int finish(Output& output, const Result<int>& done) {
  const Result<> written = output.finish();
  if (!done) {
    complain(done.error().message());
    return kFailed;
  }
  return written ? *done : kFailed;
}

std::string absolute(const std::string& path) {
  std::error_code ignored;
  const std::filesystem::path full = std::filesystem::absolute(path, ignored);
  return full.empty() ? path : full.lexically_normal().string();
}

std::string stats_table(const fhir::Document& stats) {
  std::string head;
  std::string types;
  for (const fhir::Node member : stats.root().children()) {
    if (member.key() == "by_type") {
      for (const fhir::Node type : member.children()) {
        types += fmt::format("{:<34}{:>14}\n", type.key(),
                             human_count(std::strtoull(std::string(type.text()).c_str(), nullptr, 10)));
      }
    } else if (member.has_value()) {
      head += fmt::format("{:<34}{:>14}\n", member.key(), member.text());
    }
  }
  return types + "\n" + head;
}

}  // namespace

int run_backup(const BackupOptions& options, const CommonOptions& common) {
  Output output;
  std::string path = "/api/v1/backup?to=" + http::percent_encode(absolute(options.out));
  if (options.incremental) path += "&incremental=true";
  return finish(output, run_job(options.place, common, path, output));
}

int run_verify(const VerifyOptions& options, const CommonOptions& common) {
  Output output;
  return finish(output, run_job(options.place, common, "/api/v1/verify", output));
}

int run_reindex(const ReindexOptions& options, const CommonOptions& common) {
  Output output;
  return finish(output, run_job(options.place, common, "/api/v1/reindex", output));
}

int run_stats(const StatsOptions& options, const CommonOptions& common) {
  Output output;
  const auto print = [&]() -> Result<int> {
    Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
    const http::ClientResponse response = TRY(endpoint.call({.path = "/api/v1/stats"}));
    if (options.format == Table::json) {
      output.line(response.body);
      return kOk;
    }
    Issues ignored;
    fhir::DocumentParser parser;
    const fhir::Document stats = parser.parse_as(fhir::TypeId::none, response.body, ignored);
    if (!stats.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
    output.write(stats_table(stats));
    return kOk;
  };
  return finish(output, print());
}

}  // namespace meridian::app
