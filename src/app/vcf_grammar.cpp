#include "app/vcf_grammar.hpp"

#include "app/grammar.hpp"

namespace meridian::app {
namespace {

const Choices<VcfOptions::Format> kForms{{"text", VcfOptions::Format::text}, {"json", VcfOptions::Format::json}};
const Choices<std::string> kAssemblies{{"GRCh37", "GRCh37"}, {"GRCh38", "GRCh38"}};
const Choices<VcfOptions::Source> kSources{{"germline", VcfOptions::Source::germline},
                                           {"somatic", VcfOptions::Source::somatic}};

void add_format(CLI::App& command, VcfOptions& options, const char* help) {
  choice(command, "--format", options.format, kForms, help);
}

void add_assembly_and_source(CLI::App& command, VcfOptions& options) {
  choice(command, "--assembly", options.assembly, kAssemblies, "what positions are of; otherwise as the header says");
  choice(command, "--source", options.source, kSources, "where the DNA is from, where the file does not say it");
}

}  // namespace

void add_vcf(CLI::App& app, VcfOptions& options) {
  using Task = VcfOptions::Task;
  auto* all = app.add_subcommand("vcf", "variants: what VCF and BCF files hold, what is wrong with them, FHIR of them");
  all->fallthrough();
  all->require_subcommand(1);
  const auto task = [&](const char* name, const char* about, Task what) {
    auto* command = all->add_subcommand(name, about);
    command->fallthrough();
    command->callback([&options, what] { options.task = what; });
    positional(
        command->add_option("FILE", options.files, "VCF, plain, BGZF, .gz or .zst, or BCF; - is standard input (VCF)")
            ->required());
    command->add_option("--region", options.region, "only records there; needs an index (.tbi, .csi) beside the file")
        ->type_name("CHR:FROM-TO");
    return command;
  };
  add_format(*task("info", "samples, contigs, and how many variants of which kind", Task::info), options,
             "for people, or JSON, a file a line");
  add_format(*task("validate", "say what is wrong, by VCF 4.1 to 4.5", Task::validate), options,
             "text: a line an issue; json: an OperationOutcome a file");
  auto* normalise = task("normalise", "write one alternate a record, trimmed and moved left", Task::normalise);
  normalise->add_option("--reference", options.reference, "a FASTA file with its index (.fai); without: nothing moves")
      ->type_name("FILE");
  normalise->add_flag("--keep-multiallelic", options.keeps_multiallelic, "do not split records");
  auto* to_fhir = task("to-fhir", "make Observations of called variants, a resource a line", Task::to_fhir);
  to_fhir->add_option("--patient", options.patient, "whose they are; otherwise a Patient named by the sample")
      ->type_name("Patient/ID");
  to_fhir->add_option("--sample", options.samples, "only this sample; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false);
  to_fhir->add_option("--sample-system", options.sample_system, "whose names the samples have")->type_name("URI");
  add_assembly_and_source(*to_fhir, options);
  to_fhir->add_flag("--filtered", options.takes_filtered, "also records that did not pass their filters");
  all->footer(
      "to-fhir follows HL7's Genomics Reporting guide (STU2). Genotypes of the reference make nothing; they are "
      "counted.\n"
      "Examples:\n"
      "  meridian vcf info calls.vcf.gz\n"
      "  meridian vcf validate calls.vcf.gz --format json\n"
      "  meridian vcf normalise calls.vcf.gz --reference GRCh38.fa > normal.vcf\n"
      "  meridian vcf to-fhir calls.bcf --region chr17:43044295-43125364 --patient Patient/4711\n"
      "Exit code 1 when a file has an error.");
}

}  // namespace meridian::app
