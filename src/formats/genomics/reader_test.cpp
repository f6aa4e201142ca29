// Reading: limits, lines that are cut, alleles, genotypes, and where a fault is said to be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "formats/genomics/allele.hpp"
#include "formats/genomics/genotype.hpp"
#include "formats/genomics/testing/variants.hpp"

namespace meridian::genomics {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

const std::string kHeader =
    "##fileformat=VCFv4.3\n"
    "##INFO=<ID=DP,Number=1,Type=Integer,Description=\"Depth, \\\"raw\\\"\">\n"
    "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
    "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Depths\">\n"
    "##contig=<ID=1,length=1000>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tAda\n";

TEST(VcfReader, takes_records_apart_where_they_lie) {
  Issues issues;
  auto reader = Reader::open(
      memory_source(kHeader + "1\t10\trs1;rs2\tA\tC,<DEL>\t9.5\tPASS\tDP=7;END=20;DB\tGT:AD\t0|2:1,2,3\n"), {}, issues);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->header().info("DP")->description, "Depth, \"raw\"");
  EXPECT_THAT(reader->header().samples(), ElementsAre("Ada"));
  Record record;
  const auto next = reader->next(record, issues);
  ASSERT_TRUE(next && *next);
  EXPECT_EQ(record.pos, 10U);
  EXPECT_THAT(record.alts, ElementsAre("C", "<DEL>"));
  EXPECT_EQ(record.info_value("DP"), "7");
  EXPECT_FALSE(record.find_info("DB")->has_value);
  EXPECT_EQ(record.end(), 20U);
  EXPECT_EQ(record.value(0, "AD"), "1,2,3");
  EXPECT_EQ(record.value(0, "PL"), "");
  EXPECT_EQ(record.value(7, "AD"), "");
  EXPECT_FALSE(issues.has_errors());
}

TEST(VcfReader, says_where_a_fault_is_and_names_no_sample) {
  Issues issues;
  auto reader = Reader::open(memory_source(kHeader + "1\t10\t.\tA\tC\t.\tPASS\tDP=x\tGT:AD\t0|1:1,y\n"), {}, issues);
  ASSERT_TRUE(reader);
  Record record;
  ASSERT_TRUE(reader->next(record, issues));
  ASSERT_EQ(issues.errors(), 2U);
  const Issue& first = issues.all()[0];
  EXPECT_EQ(first.path, "line 7, INFO/DP");
  EXPECT_EQ(first.position.line, 7U);
  EXPECT_EQ(first.position.column, 22U);
  EXPECT_EQ(first.position.offset, kHeader.size() + 21);
  EXPECT_EQ(issues.all()[1].path, "line 7, sample 1, AD");
}

TEST(VcfReader, passes_over_lines_that_nothing_can_be_made_of) {
  const auto whole =
      testing::read_whole(kHeader + "1\t10\n1\tx\t.\tA\tC\t.\t.\t.\tGT\t0\n1\t11\t.\tA\tC\t.\t.\t.\tGT\t0\n");
  EXPECT_EQ(whole.records, 1U);
  EXPECT_THAT(whole.faults, Contains("error vcf-few-columns line 7"));
  EXPECT_THAT(whole.faults, Contains("error vcf-position line 8, POS"));
}

TEST(VcfReader, takes_no_fields_from_the_record_before) {
  const auto whole =
      testing::read_whole(kHeader + "1\t1\t.\tA\tC\t.\t.\t.\tAD:GT\t1,2:0\n1\t2\t.\tA\tC\t.\t.\t.\t\t0\n");
  EXPECT_EQ(whole.records, 2U);
  EXPECT_THAT(whole.faults, Contains("error vcf-genotype-first line 7, FORMAT"));
  EXPECT_THAT(whole.faults, Contains("error vcf-empty line 8, FORMAT"));
}

TEST(VcfReader, stops_at_its_limits) {
  Limits limits;
  limits.max_line_bytes = 300;
  const std::string long_line = "1\t1\t.\tA\t" + std::string(400, 'C') + "\t.\t.\t.\tGT\t0\n";
  EXPECT_FALSE(testing::read_whole(kHeader + long_line, limits).is_readable);
  limits = {};
  limits.max_header_bytes = 100;
  EXPECT_FALSE(testing::read_whole(kHeader, limits).is_readable);
  limits = {};
  limits.max_alleles = 2;
  const auto whole = testing::read_whole(kHeader + "1\t1\t.\tA\tC,G,T\t.\t.\t.\tGT\t0\n", limits);
  EXPECT_THAT(whole.faults, Contains("error vcf-too-much line 7, ALT"));
  limits = {};
  limits.max_fields = 1;
  EXPECT_THAT(testing::read_whole(kHeader + "1\t1\t.\tA\tC\t.\t.\tDP=1;DB\tGT\t0\n", limits).faults,
              Contains("error vcf-too-much line 7, INFO"));
  limits = {};
  limits.max_samples = 0;
  EXPECT_FALSE(testing::read_whole(kHeader, limits).is_readable);
}

TEST(VcfReader, refuses_what_is_no_vcf) {
  for (const char* text : {"", "hello\n", "BCF\x02\x02", "{\"resourceType\":\"Patient\"}\n"}) {
    EXPECT_FALSE(testing::read_whole(text).is_readable) << text;
  }
}

TEST(VcfReader, wants_the_last_line_to_end_from_4_3_on) {
  std::string text = kHeader + "1\t1\t.\tA\tC\t.\t.\t.\tGT\t0";
  EXPECT_THAT(testing::read_whole(text).faults, Contains("error vcf-no-newline line 7"));
  text.replace(text.find("4.3"), 3, "4.2");
  EXPECT_EQ(testing::read_whole(text).errors, 0U);
}

TEST(VcfReader, says_what_stands_out_of_order) {
  const auto record = [](const char* start) { return std::string(start) + "\t.\t.\t.\tGT\t0\n"; };
  EXPECT_THAT(testing::read_whole(kHeader + record("1\t5\t.\tA\tC") + record("1\t4\t.\tA\tC")).faults,
              Contains("error vcf-unsorted line 8, POS"));
  EXPECT_THAT(
      testing::read_whole(kHeader + record("1\t5\t.\tA\tC") + record("2\t4\t.\tA\tC") + record("1\t6\t.\tA\tC")).faults,
      Contains("error vcf-scattered line 9, CHROM"));
  // The same insertion, with and without a base before it.
  EXPECT_THAT(testing::read_whole(kHeader + record("1\t5\t.\tTAT\tTGT") + record("1\t6\t.\tA\tG")).faults,
              Contains("error vcf-duplicate line 8, ALT"));
}

TEST(VcfReader, writes_lines_with_carriage_returns_as_lines) {
  const auto whole = testing::read_whole(
      "##fileformat=VCFv4.3\r\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\r\n1\t1\t.\tA\tC\t.\t.\t.\r\n");
  EXPECT_EQ(whole.errors, 0U);
  EXPECT_EQ(whole.text,
            "##fileformat=VCFv4.3\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t1\t.\tA\tC\t.\t.\t.\n");
}

TEST(Genotype, knows_ploidy_phase_and_what_is_missing) {
  EXPECT_TRUE(parse_genotype("0|1")->is_phased());
  EXPECT_FALSE(parse_genotype("0/1")->is_phased());
  EXPECT_TRUE(parse_genotype("./.")->is_missing());
  EXPECT_TRUE(parse_genotype("0")->is_reference());
  EXPECT_EQ(parse_genotype("0/1/2/3")->alleles.size(), 4U);
  const auto mixed = parse_genotype("0/1|12");
  ASSERT_TRUE(mixed);
  EXPECT_FALSE(mixed->alleles[0].is_phased);
  EXPECT_TRUE(mixed->alleles[2].is_phased);
  EXPECT_EQ(mixed->alleles[2].index, 12U);
  EXPECT_TRUE(parse_genotype("|0|1")->alleles[0].is_phased);
  for (const char* wrong : {"", "/", "0//1", "a", "0/x", "1.0", "99999999999"}) {
    EXPECT_FALSE(parse_genotype(wrong)) << wrong;
    EXPECT_EQ(genotype_shape(wrong).ploidy, 0U) << wrong;
  }
}

TEST(Allele, tells_bases_symbols_and_breakends_apart) {
  EXPECT_EQ(kind_of("acgtn"), AlleleKind::bases);
  EXPECT_EQ(kind_of("<*>"), AlleleKind::unspecified);
  EXPECT_EQ(kind_of("*"), AlleleKind::overlapping);
  EXPECT_EQ(kind_of(".A"), AlleleKind::single);
  EXPECT_EQ(kind_of("A]"), AlleleKind::wrong);
  EXPECT_EQ(symbol_type("<DUP:TANDEM>"), "DUP");
  const auto breakend = parse_breakend("]<ctg1>:7]ACG");
  ASSERT_TRUE(breakend);
  EXPECT_EQ(breakend->contig, "ctg1");
  EXPECT_EQ(breakend->position, 7U);
  EXPECT_EQ(breakend->bases, "ACG");
  EXPECT_FALSE(breakend->joins_after);
  EXPECT_FALSE(breakend->extends_right);
  EXPECT_TRUE(parse_breakend("G[HLA-A*01:01:5["));
  EXPECT_FALSE(parse_breakend("G[17:x["));
  EXPECT_FALSE(parse_breakend("[17:1["));
}

TEST(Definition, counts_genotypes) {
  EXPECT_EQ(genotype_count(2, 2), 3U);
  EXPECT_EQ(genotype_count(3, 2), 6U);
  EXPECT_EQ(genotype_count(3, 1), 3U);
  EXPECT_EQ(genotype_count(4, 3), 20U);
  EXPECT_EQ(genotype_count(10'000, 1'000), kMostGenotypes);
}

TEST(VcfReader, holds_values_to_their_types) {
  const auto faults_of = [](const std::string& depths) {
    return testing::read_whole(kHeader + "1\t1\t.\tA\tC\t.\t.\t.\tGT:AD\t0/1:" + depths + "\n").errors;
  };
  for (const char* right : {"1,2", ".,2", "+1,2147483647", "."}) EXPECT_EQ(faults_of(right), 0U) << right;
  for (const char* wrong :
       {"1", "1,2,3", "1,x", "1,2x", "-,2", "1,2147483648", "1,99999999999999999999", "-1,2", "1,-."}) {
    EXPECT_EQ(faults_of(wrong), 1U) << wrong;
  }
}

TEST(Record, decodes_percent_signs) {
  EXPECT_EQ(decode_percent("a%3Bb%zz%4"), "a;b%zz%4");
}

}  // namespace
}  // namespace meridian::genomics
