// export: the server's own bulk export, written to a folder (https://hl7.org/fhir/uv/bulkdata/export/).
#include <fmt/format.h>
#include <time.h>  // NOLINT(modernize-deprecated-headers): nanosleep() is POSIX's

#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

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

struct File {
  std::string type;
  std::string path;
};

void pause_briefly() {
  timespec moment{.tv_sec = 0, .tv_nsec = 200'000'000};
  ::nanosleep(&moment, nullptr);
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ",") + http::percent_encode(word);
  return all;
}

/// Starts the export and waits until its manifest is there.
Result<std::vector<File>> prepare(Endpoint& endpoint, const ExportOptions& options) {
  std::string path = "/fhir/$export?_outputFormat=application/fhir%2Bndjson";
  if (!options.types.empty()) path += "&_type=" + joined(options.types);
  if (!options.since.empty()) path += "&_since=" + http::percent_encode(options.since);
  const http::ClientResponse started = TRY(endpoint.call({.path = path, .prefer = "respond-async"}));
  const std::string status = endpoint.path_of(started.headers.get("Content-Location"));
  if (status.empty()) return fail(ErrorCode::malformed_input, "the server does not say where its export is");
  for (;;) {
    const http::ClientResponse answer = TRY(endpoint.call({.path = status}));
    if (answer.status == 202) {
      pause_briefly();
      continue;
    }
    Issues ignored;
    fhir::DocumentParser parser;
    const fhir::Document manifest = parser.parse_as(fhir::TypeId::none, answer.body, ignored);
    if (!manifest.has_root()) return fail(ErrorCode::malformed_input, "the manifest of the export cannot be read");
    std::vector<File> files;
    for (const fhir::Node member : manifest.root().children()) {
      if (member.key() != "output") continue;
      File file;
      for (const fhir::Node part : member.children()) {
        if (part.key() == "type") file.type = std::string(part.text());
        if (part.key() == "url") file.path = endpoint.path_of(part.text());
      }
      if (!file.type.empty() && !file.path.empty()) files.push_back(std::move(file));
    }
    return files;
  }
}

Result<std::uint64_t> download(Endpoint& endpoint, const File& file, const std::string& to, Progress& progress,
                               std::uint64_t lines) {
  Output output = TRY(Output::to_file(to));
  Endpoint::Request request{.path = file.path};
  request.on_body = [&](std::string_view bytes) {
    for (const char c : bytes) lines += c == '\n';
    output.write(bytes);
    progress.advance(0, lines);
    return !output.is_broken();
  };
  TRY(endpoint.call(std::move(request)));
  TRY(output.finish());
  return lines;
}

Result<std::uint64_t> export_all(const ExportOptions& options, const CommonOptions& common) {
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  TRY(system_files().create_directory(options.out));
  Progress progress("exporting", 0, common.quiet ? Progress::Show::never : Progress::Show::when_watched);
  std::map<std::string, int> parts;
  std::uint64_t lines = 0;
  for (const File& file : TRY(prepare(endpoint, options))) {
    const int part = parts[file.type]++;
    const std::string name = part == 0 ? file.type : fmt::format("{}-{}", file.type, part + 1);
    lines = TRY(download(endpoint, file, options.out + "/" + name + ".ndjson", progress, lines));
  }
  return lines;
}

}  // namespace

int run_export(const ExportOptions& options, const CommonOptions& common) {
  const Result<std::uint64_t> done = export_all(options, common);
  if (!done) {
    complain(done.error().message());
    return kFailed;
  }
  Output output;
  output.line(counted(*done, "resource") + " in " + options.out);
  return output.finish() ? kOk : kFailed;
}

}  // namespace meridian::app
