#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

#include "app/commands.hpp"
#include "app/open_key.hpp"
#include "app/output.hpp"
#include "app/progress.hpp"
#include "app/report.hpp"
#include "app/vcf_summary.hpp"
#include "formats/genomics/input.hpp"
#include "formats/genomics/normalise.hpp"
#include "formats/genomics/reader.hpp"
#include "mapping/variants.hpp"
#include "validation/operation_outcome.hpp"

namespace meridian::app {
namespace {

using genomics::Reader;
using genomics::Record;

class VcfWork {
 public:
  VcfWork(const VcfOptions& options, const CommonOptions& common)
      : options_(options),
        common_(common),
        progress_("reading", options.region.empty() ? total_size(options.files) : 0,
                  common.quiet ? Progress::Show::never : Progress::Show::when_watched) {}

  Result<> prepare() {
    if (options_.task == VcfOptions::Task::normalise && options_.files.size() != 1) {
      return fail(ErrorCode::invalid_argument, "normalise takes one FILE");
    }
    if (!options_.patient.empty() && !options_.patient.starts_with("Patient/")) {
      return fail(ErrorCode::invalid_argument, "--patient takes Patient/ID");
    }
    return {};
  }

  int run() {
    if (!options_.reference.empty()) {
      auto opened = genomics::open_fasta(options_.reference);
      if (!opened) {
        complain(opened.error().message());
        return kFailed;
      }
      reference_ = std::move(*opened);
    }
    for (const std::string& file : options_.files) {
      if (output_.is_broken()) break;
      Issues issues;
      const Result<> done = work_on(file, issues);
      tell(file, issues);
      if (issues.has_errors() && exit_code_ == kOk) exit_code_ = kFound;
      if (!done) {
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
  Result<> work_on(const std::string& file, Issues& issues) {
    auto source = TRY(genomics::open_variants(file, options_.region));
    Reader reader = TRY(Reader::open(std::move(source), {}, issues));
    switch (options_.task) {
      case VcfOptions::Task::info:
        TRY(info(file, reader, issues));
        break;
      case VcfOptions::Task::validate:
        TRY(walk(reader, issues, [](const Record&) { return Result<>(); }));
        break;
      case VcfOptions::Task::normalise:
        TRY(normalise(reader, issues));
        break;
      case VcfOptions::Task::to_fhir:
        TRY(to_fhir(file, reader, issues));
        break;
    }
    progress_.end_file(reader.consumed());
    return {};
  }

  template <typename Use>
  Result<> walk(Reader& reader, Issues& issues, Use use) {
    constexpr std::uint64_t kStep = 1'024;
    Record record;
    while (TRY(reader.next(record, issues))) {
      TRY(use(record));
      if (reader.records() % kStep == 0) progress_.advance(reader.consumed(), reader.records());
      if (output_.is_broken()) break;
    }
    return {};
  }

  Result<> info(const std::string& file, Reader& reader, Issues& issues) {
    VcfSummary summary;
    TRY(walk(reader, issues, [&](const Record& record) {
      summary.add(record);
      return Result<>();
    }));
    const bool is_json = options_.format == VcfOptions::Format::json;
    print(is_json ? summary.json(file, reader.header()) : summary.text(file, reader.header()));
    return {};
  }

  Result<> normalise(Reader& reader, Issues& issues) {
    genomics::NormaliseOptions how;
    how.split = options_.keeps_multiallelic ? genomics::Split::no : genomics::Split::yes;
    genomics::Normaliser normaliser(reader.header(), how, reference_.get());
    print(reader.header().text());
    std::string lines;
    TRY(walk(reader, issues, [&](const Record& record) -> Result<> {
      TRY(normaliser.add(record, issues, lines));
      print(lines);
      lines.clear();
      return {};
    }));
    normaliser.finish(lines);
    print(lines);
    say(fmt::format("{} changed, {} split{}", counted(normaliser.changed(), "record"), human_count(normaliser.split()),
                    reference_ == nullptr ? "; without --reference nothing moved left" : ""));
    return {};
  }

  Result<> to_fhir(const std::string& file, Reader& reader, Issues& issues) {
    mapping::VariantContext context;
    context.tenant_key = kOpenKey;
    context.patient = options_.patient;
    if (!options_.sample_system.empty()) context.sample_system = options_.sample_system;
    context.samples = options_.samples;
    context.assembly = options_.assembly;
    context.source = options_.source == VcfOptions::Source::germline  ? mapping::VariantContext::Source::germline
                     : options_.source == VcfOptions::Source::somatic ? mapping::VariantContext::Source::somatic
                                                                      : mapping::VariantContext::Source::not_said;
    if (options_.takes_filtered) context.filtered = mapping::VariantContext::Filtered::taken;
    mapping::VariantMapper mapper(reader.header(), std::move(context));
    std::vector<std::string> resources;
    const auto give = [&] {
      for (const std::string& resource : resources) print(resource + '\n');
      resources.clear();
    };
    TRY(walk(reader, issues, [&](const Record& record) {
      mapper.add(record, issues, resources);
      give();
      return Result<>();
    }));
    mapper.finish(resources);
    give();
    const mapping::VariantCounts& counts = mapper.counts();
    std::string left_out;
    const auto add = [&](std::uint64_t count, const char* what) {
      if (count > 0) left_out += fmt::format("{}{} {}", left_out.empty() ? "" : ", ", human_count(count), what);
    };
    add(counts.reference, "of the reference");
    add(counts.no_call, "not called");
    add(counts.filtered, "in filtered records");
    add(counts.without, "without an allele of their own");
    add(counts.unlisted, "made but in no report");
    say(fmt::format("{}: {}{}{}", file, counted(counts.variants, "variant"),
                    left_out.empty() ? "" : "; left out: ", left_out));
    return {};
  }

  void tell(const std::string& file, const Issues& issues) {
    if (options_.task != VcfOptions::Task::validate) {
      Issues faults;
      for (const Issue& issue : issues.all()) {
        if (issue.severity <= Severity::error || issue.message->id.starts_with("mapping-") ||
            issue.message->id == "vcf-reference-differs") {
          faults.add(issue);
        }
      }
      const Progress::Pause pause(progress_);
      complain_of(file, faults, common_.language);
      return;
    }
    if (options_.format == VcfOptions::Format::json) {
      print(validation::operation_outcome_json(issues, common_.language) + "\n");
      return;
    }
    for (const Issue& issue : issues.all()) print(issue_line(file, issue, common_.language) + "\n");
    const std::string faults = counted_faults(issues, common_.language);
    if (common_.language == Language::chinese) return print(file + "：" + faults + '\n');
    print(fmt::format("{}: {}{}\n", file, faults,
                      issues.dropped() == 0 ? "" : fmt::format("; {} not shown", human_count(issues.dropped()))));
  }

  /// To standard error, beside what goes on to other programs.
  void say(const std::string& text) {
    if (common_.quiet) return;
    const Progress::Pause pause(progress_);
    complain(text);
  }

  void print(std::string_view text) { progress_.print(output_, text); }

  const VcfOptions& options_;
  const CommonOptions& common_;
  std::unique_ptr<genomics::Reference> reference_;
  Output output_;
  Progress progress_;
  int exit_code_ = kOk;
};

}  // namespace

int run_vcf(const VcfOptions& options, const CommonOptions& common) {
  VcfWork work(options, common);
  if (const Result<> prepared = work.prepare(); !prepared) {
    complain(prepared.error().message());
    return kUsage;
  }
  return work.run();
}

}  // namespace meridian::app
