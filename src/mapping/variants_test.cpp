// Variants of VCF as Observations: what is made, what is left out, and under which ids.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/genomics/reader.hpp"
#include "mapping/variants.hpp"

namespace meridian::mapping {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string kColumns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\n";

struct Made {
  std::vector<std::string> resources;
  VariantCounts counts;
  Issues issues;
};

Made made_of(const std::string& lines, VariantContext context = {}, const std::string& more = "##reference=GRCh38\n",
             const std::string& columns = kColumns) {
  Made made;
  context.tenant_key = "key";
  const std::string text = "##fileformat=VCFv4.3\n" + more + columns + lines;
  auto reader = genomics::Reader::open(memory_source(text), {}, made.issues);
  EXPECT_TRUE(reader);
  VariantMapper mapper(reader->header(), context);
  genomics::Record record;
  for (auto next = reader->next(record, made.issues); next && *next; next = reader->next(record, made.issues)) {
    mapper.add(record, made.issues, made.resources);
  }
  mapper.finish(made.resources);
  made.counts = mapper.counts();
  return made;
}

TEST(Variants, become_observations_of_each_called_alternate) {
  const Made made = made_of("17\t100\trs5\tCAG\tCG,C\t.\tPASS\tDB\tGT:AD\t1/2:2,6,2\t0/0:9,0,0\n");
  ASSERT_THAT(made.resources, SizeIs(4));  // two variants, two reports
  EXPECT_EQ(made.counts.reference, 1U);
  const std::string& first = made.resources[0];
  // Trimmed: CAG>CG is CA>C.
  EXPECT_THAT(first, HasSubstr(R"("valueString":"CA")"));
  EXPECT_THAT(first, HasSubstr(R"("valueRange":{"low":{"value":100},"high":{"value":101}})"));
  EXPECT_THAT(first, HasSubstr(R"("code":"NC_000017.11")"));
  EXPECT_THAT(first, HasSubstr(R"("code":"LA6706-1","display":"Heterozygous")"));
  EXPECT_THAT(first, HasSubstr(R"("valueQuantity":{"value":0.6,)"));
  EXPECT_THAT(first, HasSubstr(R"("code":"rs5")"));
  EXPECT_THAT(made.resources[2], HasSubstr(R"("resourceType":"DiagnosticReport")"));
  EXPECT_THAT(made.resources[3], Not(HasSubstr("\"result\"")));
}

TEST(Variants, have_the_same_ids_however_they_are_written) {
  const Made one = made_of("17\t100\t.\tCAG\tCG\t.\tPASS\t.\tGT\t0/1\t0/0\n");
  const Made same = made_of("chr17\t99\t.\tTCAG\tTCG\t.\tPASS\t.\tGT\t0/1\t0/0\n");
  const Made other = made_of("17\t100\t.\tCAG\tCG\t.\tPASS\t.\tGT\t0/0\t0/1\n");
  const auto id = [](const Made& made) { return made.resources[0].substr(0, 90); };
  EXPECT_EQ(id(one), id(same));
  EXPECT_NE(id(one), id(other));
}

TEST(Variants, count_what_makes_nothing) {
  const Made made = made_of(
      "1\t5\t.\tA\tC\t.\tq10\t.\tGT\t0/1\t1/1\n1\t6\t.\tA\tC\t.\tPASS\t.\tGT\t./.\t0/"
      "0\n1\t7\t.\tA\t*,<*>\t.\tPASS\t.\tGT\t0/1\t0/2\n");
  EXPECT_EQ(made.counts.filtered, 1U);
  EXPECT_EQ(made.counts.no_call, 1U);
  EXPECT_EQ(made.counts.reference, 1U);
  EXPECT_EQ(made.counts.without, 2U);
  EXPECT_EQ(made.counts.variants, 0U);
  VariantContext context;
  context.filtered = VariantContext::Filtered::taken;
  EXPECT_EQ(made_of("1\t5\t.\tA\tC\t.\tq10\t.\tGT\t0/1\t1/1\n", context).counts.variants, 2U);
}

TEST(Variants, say_genes_changes_and_significance_as_annotators_do) {
  const std::string csq =
      "##INFO=<ID=CSQ,Number=.,Type=String,Description=\"Consequence. Format: Allele|SYMBOL|HGNC_ID|HGVSc|HGVSp\">\n";
  const Made vep =
      made_of("1\t5\t.\tA\tC\t.\tPASS\tCSQ=C|BRCA2|HGNC:1101|NM_000059.4:c.1A>C|NP_000050.3:p.Met1%3D\tGT\t0/1\t0/0\n",
              {}, csq + "##reference=hg19\n");
  EXPECT_THAT(vep.resources[0], HasSubstr(R"("code":"HGNC:1101","display":"BRCA2")"));
  EXPECT_THAT(vep.resources[0], HasSubstr("NP_000050.3:p.Met1="));
  EXPECT_THAT(vep.resources[0], HasSubstr("LA14029-5"));
  const Made ann = made_of(
      "1\t5\t.\tA\tC\t.\tPASS\tANN=C|missense|MODERATE|TP53|G|transcript|NM_1.2|x|1/2|c.5A>C|p.K2T\tGT\t0/1\t0/0\n");
  EXPECT_THAT(ann.resources[0], HasSubstr(R"("text":"TP53")"));
  EXPECT_THAT(ann.resources[0], HasSubstr("NM_1.2:c.5A>C"));
  const Made clinvar = made_of(
      "1\t5\t.\tA\tC\t.\tPASS\tCLNSIG=Likely_pathogenic,_risk_factor;CLNDN=Marfan_syndrome;GENEINFO=FBN1:2200\tGT\t0/"
      "1\t0/0\n");
  ASSERT_THAT(clinvar.resources, SizeIs(4));
  EXPECT_THAT(clinvar.resources[1], HasSubstr("LA26332-9"));
  EXPECT_THAT(clinvar.resources[1], HasSubstr("risk factor"));
  EXPECT_THAT(clinvar.resources[1], HasSubstr("Marfan syndrome"));
  EXPECT_THAT(clinvar.resources[1], HasSubstr("derivedFrom"));
}

TEST(Variants, in_one_phase_set_are_told_to_be_cis_or_trans) {
  const Made made = made_of(
      "1\t5\t.\tA\tC\t.\tPASS\t.\tGT:PS\t0|1:5\t0/0\n1\t8\t.\tA\tC\t.\tPASS\t.\tGT:PS\t0|1:5\t0/0\n"
      "1\t9\t.\tA\tC\t.\tPASS\t.\tGT:PS\t1|0:5\t0/0\n1\t12\t.\tA\tC\t.\tPASS\t.\tGT:PS\t1|0:12\t0/0\n");
  EXPECT_EQ(made.counts.phases, 2U);
  EXPECT_THAT(made.resources[2], HasSubstr("\"Cis\""));
  EXPECT_THAT(made.resources[4], HasSubstr("\"Trans\""));
}

TEST(Variants, are_of_the_patient_given_or_of_the_sample) {
  VariantContext context;
  context.patient = "Patient/7";
  context.samples = {"S2"};
  context.source = VariantContext::Source::germline;
  const Made given = made_of("X\t5\t.\tA\tC\t.\tPASS\t.\tGT\t1\t1\n", context);
  ASSERT_THAT(given.resources, SizeIs(2));
  EXPECT_THAT(given.resources[0], HasSubstr(R"("reference":"Patient/7")"));
  EXPECT_THAT(given.resources[0], HasSubstr("Hemizygous"));
  EXPECT_THAT(given.resources[0], HasSubstr("Germline"));
  // Sites alone make something for a patient only.
  const std::string sites = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n";
  const std::string line = "1\t5\t.\tA\t<DEL>\t.\tPASS\tEND=50;SOMATIC\n";
  const Made none = made_of(line, {}, "", sites);
  EXPECT_THAT(none.resources, IsEmpty());
  EXPECT_TRUE(none.issues.has_errors());
  const Made some = made_of(line, context, "", sites);
  ASSERT_THAT(some.resources, SizeIs(2));
  EXPECT_THAT(some.resources[0], HasSubstr("Somatic"));
  EXPECT_THAT(some.resources[0], HasSubstr(R"("high":{"value":50})"));
  EXPECT_THAT(some.resources[0], HasSubstr("SO:0000159"));
}

TEST(Variants, are_listed_up_to_a_bound) {
  VariantContext context;
  context.max_results = 1;
  const Made made =
      made_of("1\t5\t.\tA\tC\t.\tPASS\t.\tGT\t0/1\t0/0\n1\t8\t.\tA\tC\t.\tPASS\t.\tGT\t0/1\t0/0\n", context);
  EXPECT_EQ(made.counts.variants, 2U);
  EXPECT_EQ(made.counts.unlisted, 1U);
}

}  // namespace
}  // namespace meridian::mapping
