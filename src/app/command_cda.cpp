#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "app/cda_report.hpp"
#include "app/commands.hpp"
#include "app/hl7_mapping.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "base/input.hpp"
#include "formats/cda/document.hpp"
#include "formats/cda/validate.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::app {
namespace {

class CdaWork {
 public:
  CdaWork(const CdaOptions& options, const CommonOptions& common)
      : options_(options),
        common_(common),
        progress_("reading", total_size(options.files),
                  common.quiet ? Progress::Show::never : Progress::Show::when_watched) {}

  Result<> prepare() {
    if (options_.task == CdaOptions::Task::to_fhir)
      mapping_ = TRY(Hl7Mapping::open(options_.mapping, common_.language));
    return {};
  }

  int run() {
    for (const std::string& file : options_.files) {
      if (output_.is_broken()) break;
      if (const Result<> done = run(file); !done) {
        const Progress::Pause pause(progress_);
        complain_of(file, done.error());
        exit_code_ = kFailed;
      }
    }
    if (const Result<> written = output_.finish(); !written) {
      complain(written.error().message());
      return kFailed;
    }
    return exit_code_;
  }

 private:
  Result<> run(const std::string& file) {
    const auto source = TRY(open_input(file));
    const cda::CdaLimits limits;
    const std::string bytes = TRY(read_all(*source, limits.max_bytes));
    Issues issues;
    const cda::Document document = cda::parse_document(bytes, limits, issues);
    if (document && mapping_ != nullptr) print(mapping_->convert(document, issues));
    if (document && options_.task == CdaOptions::Task::validate) cda::validate(document, issues);
    report(file, document, issues);
    progress_.end_file(source->consumed());
    if (issues.has_errors() && exit_code_ == kOk) exit_code_ = kFound;
    return {};
  }

  void report(const std::string& file, const cda::Document& document, const Issues& issues) {
    const bool is_json = options_.format == OutputFormat::json;
    switch (options_.task) {
      case CdaOptions::Task::validate:
        if (is_json) {
          print(validation::operation_outcome_json(issues, common_.language) + "\n");
          return;
        }
        for (const Issue& issue : issues.all()) print(issue_line(file, issue, common_.language) + "\n");
        print(summary(file, issues));
        return;
      case CdaOptions::Task::parse:
        if (is_json) {
          print(document_json(document, issues, common_.language));
          return;
        }
        if (document) print(document_text(document, common_.language));
        break;
      case CdaOptions::Task::to_fhir:
      case CdaOptions::Task::from_fhir:  // run_cda_from_fhir()
        break;
    }
    const Progress::Pause pause(progress_);
    complain_of_faults(file, issues, common_.language);
  }

  std::string summary(const std::string& file, const Issues& issues) const {
    const char* colon = common_.language == Language::chinese ? "：" : ": ";
    return file + colon + counted_faults(issues, common_.language) + '\n';
  }

  void print(std::string_view text) { progress_.print(output_, text); }

  const CdaOptions& options_;
  const CommonOptions& common_;
  std::unique_ptr<Hl7Mapping> mapping_;  // of to-fhir
  Output output_;
  Progress progress_;
  int exit_code_ = kOk;
};

}  // namespace

int run_cda(const CdaOptions& options, const CommonOptions& common) {
  if (options.task == CdaOptions::Task::from_fhir) return run_cda_from_fhir(options, common);
  CdaWork work(options, common);
  if (const Result<> prepared = work.prepare(); !prepared) {
    complain(prepared.error().message());
    return kFailed;
  }
  return work.run();
}

}  // namespace meridian::app
