#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/commands.hpp"
#include "app/knowledge.hpp"
#include "app/messages.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "app/settings.hpp"
#include "formats/fhir/ndjson_parallel.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "validation/operation_outcome.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

/// What was found in a file or in a piece of one. As text each issue is written down where it is met, so that a large
/// file shows its faults early and keeps none of them; for an OperationOutcome they are kept, up to the setting's
/// number.
class Findings {
 public:
  Findings() = default;
  Findings(const std::string& file, OutputFormat format, Language language, std::size_t max_issues)
      : file_(&file), format_(format), language_(language), issues_(format == OutputFormat::text ? 0 : max_issues) {}

  /// Leaves `found` empty.
  void take(Issues& found) {
    if (format_ == OutputFormat::text) {
      hidden_ += found.dropped();
      for (const Issue& issue : found.all()) write(issue);
    }
    issues_.add_all(std::move(found));
  }
  /// Nothing more is to come: says how much was left out.
  void close() {
    if (hidden_ == 0) return;
    text_.append(issue_line(
        *file_, {Severity::information, IssueType::processing, kMoreIssues, {human_count(std::exchange(hidden_, 0))}},
        language_));
    text_ += '\n';
  }
  /// What was found in the next piece of the same file.
  void add(Findings&& piece) {
    text_ += piece.text_;
    issues_.add_all(std::move(piece.issues_));
  }
  /// What has been written since it was last asked.
  std::string take_text() { return std::exchange(text_, {}); }
  const Issues& issues() const { return issues_; }  ///< as text: only how many

 private:
  void write(const Issue& issue) {
    if (text_.size() < kMostText) {
      text_.append(issue_line(*file_, issue, language_)).append("\n");
    } else {
      ++hidden_;
    }
  }

  static constexpr std::size_t kMostText = std::size_t{4} << 20;  // of one piece: hostile lines make more than is read
  const std::string* file_ = nullptr;
  OutputFormat format_ = OutputFormat::text;
  Language language_ = Language::english;
  Issues issues_;
  std::string text_;
  std::uint64_t hidden_ = 0;
};

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
        max_issues_(max_issues),
        progress_("validating", total_size(options.files),
                  common.quiet ? Progress::Show::never : Progress::Show::when_watched) {
    for (unsigned i = 0; i < threads_for(options.threads); ++i) workers_.emplace_back(validator_);
  }

  int run() {
    for (const std::string& file : options_.files) {
      run(file);
      if (output_.is_broken()) break;
    }
    if (const Result<> written = output_.finish(); !written) {
      complain(written.error().message());
      return kFailed;
    }
    return exit_code_;
  }

 private:
  void run(const std::string& file) {
    Findings findings(file, options_.format, common_.language, max_issues_);
    resources_ = 0;
    const Result<> done = validate_file(file, findings);
    Issues last;
    if (!done) {
      const Progress::Pause pause(progress_);
      complain_of(file, done.error());
      exit_code_ = kFailed;
      last.add({Severity::fatal, IssueType::processing, kNotReadable, {done.error().message()}});
    } else if (resources_ == 0 && !findings.issues().has_errors()) {
      last.add({Severity::error, IssueType::structure, kNoResource});
    }
    if (done || options_.format == OutputFormat::json) findings.take(last);
    findings.close();
    if (options_.format == OutputFormat::json) {
      print(validation::operation_outcome_json(findings.issues(), common_.language) + "\n");
    } else {
      print(findings.take_text());
      if (done) print(summary(file, findings.issues()));
    }
    if (findings.issues().has_errors() && exit_code_ == kOk) exit_code_ = kFound;
  }

  Result<> validate_file(const std::string& file, Findings& findings) {
    fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
    if (reader.form() == fhir::FileForm::ndjson) {
      TRY(validate_lines(file, reader, findings));
    } else {
      TRY(validate_single(reader, findings));
    }
    progress_.end_file(reader.consumed());
    return {};
  }

  Result<> validate_single(fhir::ResourceReader& reader, Findings& findings) {
    fhir::ReadResource resource;
    Issues found(max_issues_);
    if (TRY(reader.next(resource, found))) {
      progress_.advance(reader.consumed(), 0);
      Issues within(max_issues_);
      workers_.front().session.validate(resource.document(), within, asked_);
      within.move_positions([&](const Position& position) { return resource.in_file(position); });
      found.add_all(std::move(within));
      ++resources_;
    }
    findings.take(found);
    return {};
  }

  /// What was found in a chunk of lines.
  struct Checked {
    Findings findings;
    std::uint64_t resources = 0;
  };

  /// NDJSON: several threads, a chunk each; the issues come out in the order of the file.
  Result<> validate_lines(const std::string& file, fhir::ResourceReader& reader, Findings& findings) {
    const auto work = [&](const fhir::NdjsonChunk& chunk, unsigned worker) {
      return check_chunk(file, chunk, reader.chunks().limits(), workers_[worker]);
    };
    const auto consume = [&](Checked&& checked) {
      resources_ += checked.resources;
      findings.add(std::move(checked.findings));
      print(findings.take_text());
      progress_.advance(reader.consumed(), resources_);
      return !output_.is_broken();
    };
    Issues too_long(max_issues_);
    const auto threads = static_cast<unsigned>(workers_.size());
    const Result<> read = fhir::work_in_order<Checked>(reader.chunks(), threads, too_long, work, consume);
    findings.take(too_long);
    return read;
  }

  Checked check_chunk(const std::string& file, const fhir::NdjsonChunk& chunk, const fhir::NdjsonLimits& limits,
                      Worker& worker) const {
    Checked checked{Findings(file, options_.format, common_.language, max_issues_), 0};
    Issues found(max_issues_);
    fhir::NdjsonLines lines(chunk, limits);
    while (const auto line = lines.next(found)) {
      checked.findings.take(found);
      fhir::Document document = worker.parser.parse_borrowed(line->text, found);
      if (document.has_root()) {
        worker.session.validate(document, found, asked_);
        ++checked.resources;
      }
      worker.parser.recycle(std::move(document));
      found.move_positions([&](const Position& position) { return line->in_file(position); });
      checked.findings.take(found);
    }
    checked.findings.take(found);
    checked.findings.close();
    return checked;
  }

  std::string summary(const std::string& file, const Issues& issues) const {
    const std::string faults = counted_faults(issues, common_.language);
    if (common_.language == Language::chinese) {
      return fmt::format("{}：{} 个资源，{}\n", file, human_count(resources_), faults);
    }
    return fmt::format("{}: {}, {}\n", file, counted(resources_, "resource"), faults);
  }

  void print(std::string_view text) { progress_.print(output_, text); }

  const ValidateOptions& options_;
  const CommonOptions& common_;
  std::vector<std::string> asked_;
  validation::Validator validator_;
  std::deque<Worker> workers_;
  std::size_t max_issues_;
  Output output_;
  Progress progress_;
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
  Result<Knowledge> knowledge = load_knowledge(options.packages, options.profiles, *config, common.language);
  if (!knowledge) {
    complain(knowledge.error().message());
    return kFailed;
  }
  const auto max_issues = static_cast<std::size_t>(config->integer(kValidationIssues));
  return Validation(options, common, std::move(*knowledge), max_issues).run();
}

}  // namespace meridian::app
