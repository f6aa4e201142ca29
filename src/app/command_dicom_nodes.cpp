// dicom nodes, reload, verify: asked of the server that holds the data, or of one for as long as the command runs.
#include <fmt/format.h>

#include <string>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/json_answer.hpp"
#include "app/output.hpp"
#include "app/report.hpp"

namespace meridian::app {
namespace {

constexpr const char* kNodes = "/api/v1/dicom/nodes";

Result<http::ClientResponse> post(Endpoint& endpoint, const char* path) {
  return endpoint.call(
      {.method = http::Method::post, .path = path, .content_type = "application/x-www-form-urlencoded"});
}

std::string words(const fhir::Node object, std::string_view key) {
  std::string out;
  for (const fhir::Node one : object.children()) {
    if (one.key() == key) out += (out.empty() ? "" : ", ") + std::string(one.text());
  }
  return out;
}

std::string table(const fhir::Node answer) {
  std::string out = fmt::format("{:<16} {:<14} {:<22} {:<20} {:>6} {:>10} {:>10} {:>8} {:>8}\n", "NODE", "STATE",
                                "LISTENS AT", "TITLES", "OPEN", "RECEIVED", "SENT", "REJECTED", "ABORTED");
  std::string below;
  for (const fhir::Node one : answer.children()) {
    if (one.key() == "nodes") {
      out += fmt::format("{:<16} {:<14} {:<22} {:<20} {:>6} {:>10} {:>10} {:>8} {:>8}\n", member(one, "node"),
                         member(one, "state"), member(one, "listen"), words(one, "titles"), member(one, "connections"),
                         member(one, "objects_received"), member(one, "objects_sent"), member(one, "rejected"),
                         member(one, "aborted"));
    } else if (one.key() == "archive") {
      below +=
          fmt::format("\nThe archive holds {} studies, {} series, {} instances, {} bytes.\n", member(one, "studies"),
                      member(one, "series"), member(one, "instances"), member(one, "bytes"));
    } else if (one.key() == "imaging_studies") {
      below += fmt::format("Imaging studies of the record are {}; {} written since the start, {} faults.\n",
                           member(one, "up_to_date") == "true" ? "up to date" : "on their way", member(one, "written"),
                           member(one, "faults"));
    }
  }
  return out + below;
}

Result<int> nodes(const DicomNodesOptions& options, const CommonOptions& common, Output& output) {
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  using Action = DicomNodesOptions::Action;
  const bool is_reload = options.action == Action::reload;
  if (options.action != Action::list) {
    const http::ClientResponse answer =
        TRY(post(endpoint, is_reload ? "/api/v1/dicom/nodes/_reload" : "/api/v1/dicom/_verify"));
    const fhir::Document document = read_answer(answer.body);
    if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
    std::size_t lines = 0;
    for (const fhir::Node one : document.root().children()) {
      if (one.key() == "note") {
        if (!one.text().empty()) output.line(std::string(one.text()));
        continue;
      }
      if (one.key() == "worklist") {
        if (one.text() == "true") output.line("the worklist follows other rules now");
        lines += one.text() == "true" ? 1 : 0;
        continue;
      }
      output.line(std::string(one.text()) + (is_reload ? " is started anew or stopped" : ""));
      ++lines;
    }
    if (lines == 0) output.line(is_reload ? "nothing has changed" : "every object is as it came");
    return !is_reload && lines > 0 ? kFound : kOk;
  }
  const http::ClientResponse answer = TRY(endpoint.call({.path = kNodes}));
  const fhir::Document document = read_answer(answer.body);
  if (!document.has_root()) return fail(ErrorCode::malformed_input, "the server's answer cannot be read");
  output.write(options.format == Table::json ? answer.body + '\n' : table(document.root()));
  return kOk;
}

}  // namespace

int run_dicom_nodes(const DicomNodesOptions& options, const CommonOptions& common) {
  Output output;
  const Result<int> done = nodes(options, common, output);
  const Result<> written = output.finish();
  if (!done) complain(done.error().message());
  return done && written ? *done : kFailed;
}

}  // namespace meridian::app
