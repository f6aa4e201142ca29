#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/settings.hpp"
#include "base/input.hpp"
#include "formats/fhir/ndjson_parallel.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "validation/operation_outcome.hpp"
#include "validation/profiles.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

bool is_file(const std::string& name) {
  return open_raw_input(name).has_value();
}

/// The canonical URL of a definition in a file.
Result<std::string> url_of(const std::string& file, Issues& issues) {
  fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
  fhir::ReadResource resource;
  if (TRY(reader.next(resource, issues))) {
    if (const fhir::Node url = resource.document().root().child("url")) return std::string(url.text());
  }
  return fail(ErrorCode::malformed_input, file + " is not a StructureDefinition with a url");
}

/// What was given on the command line to validate against.
struct Knowledge {
  std::shared_ptr<validation::Profiles> profiles;
  std::vector<std::string> asked;  // canonical URLs
};

Result<Knowledge> load(const ValidateOptions& options, Language language) {
  Knowledge knowledge;
  knowledge.profiles = std::make_shared<validation::Profiles>(fhir::Schema::r4());
  Issues issues;
  for (const std::string& package : options.packages) TRY(knowledge.profiles->load_file(package, issues));
  for (const std::string& profile : options.profiles) {
    if (is_file(profile)) {
      knowledge.asked.push_back(TRY(url_of(profile, issues)));
      TRY(knowledge.profiles->load_file(profile, issues));
    } else {
      knowledge.asked.push_back(profile);
    }
  }
  for (const Issue& issue : issues.all()) complain(validation::plain_line(issue, language));
  return knowledge;
}

/// What one thread works with.
struct Worker {
  explicit Worker(const validation::Validator& validator) : session(validator) {}
  fhir::DocumentParser parser;
  validation::ValidationSession session;
};

unsigned threads_for(unsigned asked) {
  return asked > 0 ? asked : std::max(1U, std::thread::hardware_concurrency());
}

class Validation {
 public:
  Validation(const ValidateOptions& options, const CommonOptions& common, Knowledge knowledge, std::size_t max_issues)
      : options_(options),
        common_(common),
        asked_(std::move(knowledge.asked)),
        validator_(fhir::Schema::r4(), std::move(knowledge.profiles)),
        max_issues_(max_issues) {
    for (unsigned i = 0; i < threads_for(options.threads); ++i) workers_.emplace_back(validator_);
  }

  int run() {
    for (const std::string& file : options_.files) {
      Issues issues(max_issues_);
      const Result<> done = validate_file(file, issues);
      if (!done) {
        complain(file + ": " + done.error().message());
        exit_code_ = kFailed;
      } else if (options_.format == OutputFormat::json) {
        output_.line(validation::operation_outcome_json(issues, common_.language));
      } else {
        output_.line(summary(file, issues));
      }
      if (issues.has_errors() && exit_code_ == kOk) exit_code_ = kFound;
      if (output_.is_broken()) break;
    }
    if (const Result<> written = output_.finish(); !written) {
      complain(written.error().message());
      return kFailed;
    }
    return exit_code_;
  }

 private:
  Result<> validate_file(const std::string& file, Issues& all) {
    fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
    Progress progress("validating", reader.size().value_or(0),
                      common_.quiet ? Progress::Show::never : Progress::Show::when_watched);
    resources_ = 0;
    if (reader.form() == fhir::FileForm::ndjson) return validate_lines(file, reader, progress, all);
    fhir::ReadResource resource;
    for (;;) {
      Issues found(max_issues_);
      const bool more = TRY(reader.next(resource, found));
      if (more) {
        Issues within(max_issues_);
        workers_.front().session.validate(resource.document(), within, asked_);
        within.move_positions([&](const Position& position) { return resource.in_file(position); });
        found.add_all(std::move(within));
        ++resources_;
      }
      take(file, std::move(found), all);
      if (!more) return {};
    }
  }

  /// What was found in a chunk of lines.
  struct Checked {
    Issues issues;
    std::uint64_t resources = 0;
  };

  /// NDJSON: several threads, a chunk each; the issues come out in the order of the file.
  Result<> validate_lines(const std::string& file, fhir::ResourceReader& reader, Progress& progress, Issues& all) {
    const auto work = [&](const fhir::NdjsonChunk& chunk, unsigned worker) {
      return check_chunk(chunk, reader.chunks().limits(), workers_[worker]);
    };
    const auto consume = [&](Checked&& checked) {
      resources_ += checked.resources;
      take(file, std::move(checked.issues), all);
      progress.advance(reader.consumed(), resources_);
      return !output_.is_broken();
    };
    Issues too_long(max_issues_);
    const auto threads = static_cast<unsigned>(workers_.size());
    const Result<> read = fhir::work_in_order<Checked>(reader.chunks(), threads, too_long, work, consume);
    take(file, std::move(too_long), all);
    return read;
  }

  Checked check_chunk(const fhir::NdjsonChunk& chunk, const fhir::NdjsonLimits& limits, Worker& worker) const {
    Checked checked{Issues(max_issues_), 0};
    fhir::NdjsonLines lines(chunk, limits);
    while (const auto line = lines.next(checked.issues)) {
      Issues found(max_issues_);
      fhir::Document document = worker.parser.parse_borrowed(line->text, found);
      if (document.has_root()) {
        worker.session.validate(document, found, asked_);
        ++checked.resources;
      }
      worker.parser.recycle(std::move(document));
      found.move_positions([&](const Position& position) { return line->in_file(position); });
      checked.issues.add_all(std::move(found));
    }
    return checked;
  }

  /// Text goes out at once, so that a large file shows its faults as they are met.
  void take(const std::string& file, Issues&& issues, Issues& all) {
    if (options_.format == OutputFormat::text) {
      for (const Issue& issue : issues.all()) {
        output_.line(file + ": " + validation::plain_line(issue, common_.language));
      }
    }
    all.add_all(std::move(issues));
  }

  std::string summary(const std::string& file, const Issues& issues) const {
    const bool chinese = common_.language == Language::chinese;
    return fmt::format(
        fmt::runtime(chinese ? "{}：{} 个资源，{} 个错误，{} 个警告" : "{}: {} resources, {} errors, {} warnings"),
        file, human_count(resources_), human_count(issues.errors()), human_count(issues.warnings()));
  }

  const ValidateOptions& options_;
  const CommonOptions& common_;
  std::vector<std::string> asked_;
  validation::Validator validator_;
  std::deque<Worker> workers_;
  std::size_t max_issues_;
  Output output_;
  std::uint64_t resources_ = 0;
  int exit_code_ = kOk;
};

}  // namespace

int run_validate(const ValidateOptions& options, const CommonOptions& common) {
  const Result<Config> config = load_config(common);
  if (!config) {
    complain(config.error().message());
    return kUsage;
  }
  Result<Knowledge> knowledge = load(options, common.language);
  if (!knowledge) {
    complain(knowledge.error().message());
    return kFailed;
  }
  const auto max_issues = static_cast<std::size_t>(config->integer(kValidationIssues));
  return Validation(options, common, std::move(*knowledge), max_issues).run();
}

}  // namespace meridian::app
