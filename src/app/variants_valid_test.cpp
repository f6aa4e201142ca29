// What is made of VCF files is valid FHIR, by our own validator. Over variants written here, and over the ClinVar
// sample and the called files of the outside data, which may be absent.
#include <gtest/gtest.h>

#include "formats/fhir/document.hpp"
#include "formats/genomics/testing/variants.hpp"
#include "mapping/variants.hpp"
#include "validation/validator.hpp"

namespace meridian::app {
namespace {

constexpr std::string_view kCalls =
    "##fileformat=VCFv4.3\n##reference=GRCh38\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n"
    "chr17\t43045712\trs80357906\tT\tTG\t50\tPASS\tCLNSIG=Pathogenic/"
    "Likely_pathogenic,_low_penetrance;CLNDN=Breast_cancer;"
    "GENEINFO=BRCA1:672\tGT:AD:DP:PS\t0|1:10,12:22:5\n"
    "chr17\t43045800\t.\tG\tA,<DEL>\t50\t.\tSVLEN=.,100;SOMATIC\tGT:AF:PS\t1|2:0.4,.:5\n"
    "chrM\t300\t.\tC\tT\t.\tPASS\t.\tGT\t1\nchrX\t10\t.\tN\tN[chr1:5[\t.\tPASS\t.\tGT\t1\n";

std::vector<std::string> resources_of(std::string_view text, const mapping::VariantContext& context) {
  std::vector<std::string> resources;
  Issues issues;
  auto source = decompress(memory_source(text));
  EXPECT_TRUE(source);
  auto reader = genomics::Reader::open(std::move(*source), {}, issues);
  if (!reader) return resources;
  mapping::VariantMapper mapper(reader->header(), context);
  genomics::Record record;
  for (auto next = reader->next(record, issues); next && *next; next = reader->next(record, issues)) {
    mapper.add(record, issues, resources);
  }
  mapper.finish(resources);
  return resources;
}

void expect_valid(const std::vector<std::string>& resources, std::size_t most) {
  static const validation::Validator kValidator(fhir::Schema::r4(), nullptr, [] {
    validation::ValidatorOptions options;
    options.best_practice = validation::Check::off;
    return options;
  }());
  validation::ValidationSession session(kValidator);
  fhir::DocumentParser documents;
  for (std::size_t i = 0; i < resources.size(); ++i) {
    if (i >= most && i + 1 < resources.size()) continue;
    Issues issues;
    const fhir::Document document = documents.parse(resources[i], issues);
    ASSERT_TRUE(document.has_root()) << resources[i];
    session.validate(document, issues);
    for (const Issue& issue : issues.all()) {
      EXPECT_GE(issue.severity, Severity::warning)
          << issue.path << ": " << text(issue, Language::english) << ' ' << resources[i];
    }
  }
}

TEST(MappedVariants, are_valid_resources) {
  mapping::VariantContext context;
  context.tenant_key = "test";
  const auto resources = resources_of(kCalls, context);
  // Five variants, an implication, two pairs in phase, the report.
  EXPECT_EQ(resources.size(), 9U);
  expect_valid(resources, 100);
}

TEST(MappedVariants, of_outside_files_are_valid_resources) {
  const auto clinvar = meridian::testing::shared_data("genomics/clinvar-vcf-sample/clinvar-test.vcf.gz");
  if (!clinvar) GTEST_SKIP() << "the variants are not here: genomics/clinvar-vcf-sample";
  mapping::VariantContext context;
  context.tenant_key = "test";
  context.patient = "Patient/1";
  auto source = open_input(clinvar->string());
  ASSERT_TRUE(source);
  const auto bytes = read_all(**source, std::uint64_t{1} << 28);
  ASSERT_TRUE(bytes);
  const auto resources = resources_of(*bytes, context);
  EXPECT_GT(resources.size(), 1'000U);
  expect_valid(resources, 300);

  context.patient.clear();
  std::size_t made = 0;
  for (const auto& [name, text] : genomics::testing::shared_files("genomics/bcftools-tests.tar.zst")) {
    if (!name.ends_with(".vcf")) continue;
    const auto some = resources_of(text, context);
    made += some.size();
    expect_valid(some, 20);
  }
  EXPECT_GT(made, 1'000U);
}

}  // namespace
}  // namespace meridian::app
