// terminology: code systems loaded from the files they are given out in, and asked.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/endpoint.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/input.hpp"
#include "formats/fhir/document.hpp"
#include "formats/fhir/json.hpp"
#include "http/target.hpp"
#include "terminology/image.hpp"
#include "terminology/loaders.hpp"

namespace meridian::app {
namespace {

using terminology::FileKind;

struct SystemFile {
  FileKind kind;
  std::string path;
};
/// The files of each system, by its URL, in the order in which they are read.
using Systems = std::map<std::string, std::vector<SystemFile>>;

Result<Systems> systems_in(const std::vector<std::string>& paths) {
  Systems systems;
  const auto take = [&](const std::string& path) {
    const auto kind = terminology::kind_of_file(path);
    if (kind) systems[terminology::about_of(*kind).url].push_back({*kind, path});
    return kind.has_value();
  };
  for (const std::string& path : paths) {
    std::error_code fault;
    if (std::filesystem::is_directory(path, fault)) {
      std::filesystem::recursive_directory_iterator at(path, fault);
      for (; !fault && at != std::filesystem::end(at); at.increment(fault)) {
        if (at->is_regular_file(fault)) take(at->path().string());
      }
      if (fault) return fail(ErrorCode::io_failure, path + ": " + fault.message());
    } else if (!take(path)) {
      return fail(ErrorCode::invalid_argument,
                  path +
                      ": its name is not that of a file of SNOMED CT (RF2 snapshot), LOINC, RxNorm, ICD-10-CM, Athena "
                      "or ClaML; FHIR resources are taken in by `meridian import`");
    }
  }
  if (systems.empty()) return fail(ErrorCode::not_found, "there is no file of a terminology that is known");
  for (auto& [url, files] : systems) {
    std::ranges::sort(files, {}, [](const SystemFile& file) { return std::pair(file.kind, file.path); });
  }
  return systems;
}

/// Reads the files of one system, sends its image; how many lines were left out.
Result<std::size_t> load(const TerminologyOptions& options, const std::vector<SystemFile>& files, Endpoint& endpoint,
                         const CommonOptions& common, Output& output) {
  terminology::SystemAbout about = terminology::about_of(files.front().kind);
  if (!options.url.empty()) about.url = options.url;
  about.version = options.version;
  if (!options.language.empty()) about.language = options.language;
  terminology::CodeSystemBuilder builder(std::move(about));
  terminology::LoadState state;
  std::size_t faults = 0;
  {
    std::vector<std::string> paths;
    for (const SystemFile& file : files) paths.push_back(file.path);
    Progress progress("reading", total_size(paths),
                      common.quiet ? Progress::Show::never : Progress::Show::when_watched);
    for (const SystemFile& file : files) {
      const auto source = TRY(open_input(file.path));
      Issues issues(20);
      const Result<> read = terminology::load_file(file.kind, *source, builder, state, issues);
      const Progress::Pause pause(progress);
      complain_of(file.path, issues, common.language);
      faults += issues.size() + issues.dropped();
      if (!read) return fail(Error(read.error()).within(file.path));
      progress.end_file(source->consumed());
    }
  }
  terminology::finish(builder, state);
  const terminology::CodeSystemBuilder::Built built = TRY(builder.build());
  std::string image = terminology::write_image(*built.system);
  const std::size_t bytes = image.size();
  Endpoint::Request request{.method = http::Method::post,
                            .path = "/api/v1/terminology/systems",
                            .content_type = "application/octet-stream",
                            .body = std::move(image)};
  TRY(endpoint.call(std::move(request)));
  const terminology::SystemAbout& loaded = built.system->about();
  output.line(fmt::format("{}{}: {}, {} on the disk, {} in memory", loaded.url,
                          loaded.version.empty() ? "" : "|" + loaded.version, counted(built.system->size(), "code"),
                          human_bytes(bytes), human_bytes(built.system->memory_bytes())));
  if (built.unknown_parents > 0) {
    complain(fmt::format("{} of the hierarchy to codes that are not there; left out",
                         counted(built.unknown_parents, "link")));
  }
  if (built.circles > 0)
    complain(fmt::format("{} of the hierarchy in circles; left out", counted(built.circles, "link")));
  return faults;
}

Result<int> load_all(const TerminologyOptions& options, const CommonOptions& common, Output& output) {
  const Systems systems = TRY(systems_in(options.words));
  if (systems.size() > 1 && (!options.url.empty() || !options.version.empty())) {
    return fail(ErrorCode::invalid_argument,
                "--url and --as-version are of one code system; these files are of several");
  }
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::create));
  std::size_t faults = 0;
  for (const auto& [url, files] : systems) faults += TRY(load(options, files, endpoint, common, output));
  return faults == 0 ? kOk : kFound;
}

std::string query(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (value.empty()) continue;
    text += fmt::format("{}{}={}", text.empty() ? "?" : "&", name, http::percent_encode(value));
  }
  return text;
}

Result<int> ask(const TerminologyOptions& options, const CommonOptions& common, Output& output) {
  using Action = TerminologyOptions::Action;
  const auto word = [&](std::size_t at) { return at < options.words.size() ? options.words[at] : std::string(); };
  std::string path;
  switch (options.action) {
    case Action::lookup:
      path = "/fhir/CodeSystem/$lookup" +
             query({{"system", word(0)}, {"code", word(1)}, {"displayLanguage", options.language}});
      break;
    case Action::expand:
      path = "/fhir/ValueSet/$expand" + query({{"url", word(0)},
                                               {"filter", options.filter},
                                               {"count", options.count},
                                               {"displayLanguage", options.language}});
      break;
    case Action::translate:
      path = "/fhir/ConceptMap/$translate" + query({{"system", word(0)},
                                                    {"code", word(1)},
                                                    {"url", options.map},
                                                    {"targetsystem", options.target},
                                                    {"reverse", options.reverse ? "true" : ""}});
      break;
    case Action::list:
    case Action::load:
      path = "/api/v1/terminology/systems";
      break;
  }
  Endpoint endpoint = TRY(Endpoint::open(options.place, common, Missing::refuse));
  const http::ClientResponse response = TRY(endpoint.call({.path = std::move(path)}));
  Issues issues;
  const fhir::Document document = fhir::DocumentParser().parse(response.body, issues);
  if (options.action != Action::expand || !document.has_root()) {
    output.line(response.body);
    return kOk;
  }
  const fhir::Node expansion = document.root().child("expansion");
  const auto text = [](fhir::Node node, std::string_view name) {
    const fhir::Node child = node.child(name);
    return child ? child.text() : std::string_view();
  };
  for (const fhir::Node code : expansion.children()) {
    if (code.key() != "contains") continue;
    output.line(fmt::format("{}|{}\t{}", text(code, "system"), text(code, "code"), text(code, "display")));
  }
  return kOk;
}

}  // namespace

int run_terminology(const TerminologyOptions& options, const CommonOptions& common) {
  Output output;
  const bool loads = options.action == TerminologyOptions::Action::load;
  const Result<int> done = loads ? load_all(options, common, output) : ask(options, common, output);
  const Result<> written = output.finish();
  if (!done) {
    complain(done.error().message());
    return kFailed;
  }
  return written ? *done : kFailed;
}

}  // namespace meridian::app
