#include <map>
#include <optional>
#include <string>
#include <utility>

#include "app/commands.hpp"
#include "app/knowledge.hpp"
#include "app/messages.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "app/settings.hpp"
#include "fhirpath/expression.hpp"
#include "formats/fhir/resource_reader.hpp"
#include "validation/conformance.hpp"
#include "validation/embedded_terminology.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

using fhirpath::Expression;
using fhirpath::Value;

/// One result a line: a line break within a value is written as its escape.
std::string one_line(std::string text) {
  for (std::size_t at = text.find_first_of("\r\n"); at != std::string::npos; at = text.find_first_of("\r\n", at)) {
    text.replace(at, 1, text[at] == '\n' ? "\\n" : "\\r");
    at += 2;
  }
  return text;
}

void complain_of_expression(const std::string& expression, const Issues& issues, Language language) {
  for (const Issue& issue : issues.all()) {
    complain(std::string(name(issue.severity)) + ": " + text(issue, language));
    std::fputs((fhirpath::caret(expression, issue.position) + "\n").c_str(), stderr);
  }
}

/// The expression as compiled for each type of resource that was met. Compiled for its type it is faster, and names
/// that the type does not have are noticed: an error where a file is one resource, nothing in a stream of many types.
class Plans {
 public:
  Plans(const FhirpathOptions& options, Language language) : options_(options), language_(language) {}

  /// Compiled for any type: finds what is wrong in any case.
  const Expression* general() {
    if (!general_) {
      Issues issues;
      general_ = Expression::compile(options_.expression, {}, issues);
      if (!general_) complain_of_expression(options_.expression, issues, language_);
    }
    return general_ ? &*general_ : nullptr;
  }

  const Expression* for_type(fhir::TypeId type, fhirpath::Strictness strictness) {
    const auto key = std::pair(type, strictness);
    auto found = plans_.find(key);
    if (found == plans_.end()) {
      fhirpath::CompileOptions compile;
      compile.input_types = {&type, 1};
      compile.strictness = strictness;
      Issues issues;
      found = plans_.emplace(key, Expression::compile(options_.expression, compile, issues)).first;
      if (!found->second) complain_of_expression(options_.expression, issues, language_);
    }
    return found->second ? &*found->second : nullptr;
  }

 private:
  const FhirpathOptions& options_;
  Language language_;
  std::optional<Expression> general_;
  std::map<std::pair<fhir::TypeId, fhirpath::Strictness>, std::optional<Expression>> plans_;
};

class Evaluation {
 public:
  Evaluation(const FhirpathOptions& options, const CommonOptions& common, const Knowledge& knowledge)
      : options_(options),
        common_(common),
        validator_(fhir::Schema::r4(), knowledge.profiles),
        terminology_(fhir::Schema::r4(), knowledge.profiles),
        conformance_(validator_),
        plans_(options, common.language),
        progress_("evaluating", total_size(options.files),
                  common.quiet ? Progress::Show::never : Progress::Show::when_watched) {
    context_.set_terminology(&terminology_);
    context_.set_subsumption(&terminology_);
    context_.set_profile_check(&conformance_);
  }

  int run() {
    const Expression* general = plans_.general();
    if (general == nullptr) return kFound;
    if (options_.explain == Explain::yes) output_.write(general->explain());
    for (const std::string& file : options_.files) {
      is_first_ = true;
      if (const Result<> done = evaluate_file(file); !done) {
        const Progress::Pause pause(progress_);
        complain_of(file, done.error());
        exit_code_ = kFailed;
      }
      if (options_.format == OutputFormat::json) output_.line(is_first_ ? "[]" : "]");
      if (output_.is_broken()) break;
    }
    if (const Result<> written = output_.finish(); !written) {
      complain(written.error().message());
      return kFailed;
    }
    return exit_code_;
  }

 private:
  Result<> evaluate_file(const std::string& file) {
    fhir::ResourceReader reader = TRY(fhir::ResourceReader::open(file));
    fhir::ReadResource resource;
    std::uint64_t count_before = count_;
    for (bool more = true; more && !output_.is_broken();) {
      Issues issues;
      more = TRY(reader.next(resource, issues));
      if (more) ++count_;
      if (!more && count_ == count_before && issues.empty()) {
        issues.add({Severity::error, IssueType::structure, kNoResource});
      }
      progress_.advance(reader.consumed(), count_);
      std::optional<Progress::Pause> pause;
      if (!issues.empty() || output_.is_terminal()) pause.emplace(progress_);
      tell(file, issues);
      if (more) evaluate(file, reader.form(), resource);
    }
    progress_.end_file(reader.consumed());
    return {};
  }

  void tell(const std::string& file, const Issues& issues) {
    complain_of(file, issues, common_.language);
    if (issues.has_errors()) found();
  }

  void evaluate(const std::string& file, fhir::FileForm form, const fhir::ReadResource& resource) {
    const fhir::Node root = resource.document().root();
    const auto strictness =
        form == fhir::FileForm::ndjson ? fhirpath::Strictness::lenient : fhirpath::Strictness::strict;
    const Expression* expression = plans_.for_type(root.type(), strictness);
    if (expression == nullptr) return found();
    conformance_.look_at(resource.document());
    const Result<fhirpath::Collection> results = expression->evaluate(root, context_);
    if (!results) {
      Issues issues;
      const Position begin{0, static_cast<std::uint32_t>(resource.line()), 1};
      issues.add({Severity::error, IssueType::processing, kExpressionFailed, {results.error().message()}, {}, begin});
      return tell(file, issues);
    }
    for (const Value& value : *results) write(value);
  }

  void write(const Value& value) {
    if (options_.format == OutputFormat::text) return output_.line(one_line(fhirpath::text(value)));
    output_.write(std::exchange(is_first_, false) ? "[" : ",");
    output_.write(fhirpath::typed_json(value));
  }

  void found() {
    if (exit_code_ == kOk) exit_code_ = kFound;
  }

  const FhirpathOptions& options_;
  const CommonOptions& common_;
  validation::Validator validator_;
  validation::EmbeddedTerminology terminology_;
  validation::Conformance conformance_;
  Plans plans_;
  fhirpath::EvaluationContext context_;
  Output output_;
  Progress progress_;
  std::uint64_t count_ = 0;  // of resources, in all files
  bool is_first_ = true;     // nothing of the present file has been written yet
  int exit_code_ = kOk;
};

}  // namespace

int run_fhirpath(const FhirpathOptions& options, const CommonOptions& common) {
  const Result<Config> config = load_config(common);
  if (!config) {
    complain(config.error().message());
    return kUsage;
  }
  const Result<Knowledge> knowledge = load_knowledge(options.packages, options.profiles, *config, common.language);
  if (!knowledge) {
    complain(knowledge.error().message());
    return kFailed;
  }
  return Evaluation(options, common, *knowledge).run();
}

}  // namespace meridian::app
