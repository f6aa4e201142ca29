// BGZF, BCF, regions and references, with files that htslib writes.
#include <gtest/gtest.h>
#include <htslib/bgzf.h>
#include <htslib/faidx.h>
#include <htslib/tbx.h>
#include <htslib/vcf.h>

#include <fstream>

#include "base/testing/temporary_folder.hpp"
#include "formats/genomics/input.hpp"
#include "formats/genomics/reader.hpp"
#include "formats/genomics/reference.hpp"

namespace meridian::genomics {
namespace {

const std::string kText =
    "##fileformat=VCFv4.2\n##FILTER=<ID=PASS,Description=\"All filters passed\">\n##contig=<ID=1,length=100000>\n"
    "##contig=<ID=2,length=100000>\n##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
    "1\t100\ta\tA\tC\t30\tPASS\t.\tGT\t0|1\n1\t50000\tb\tG\tT\t.\tPASS\t.\tGT\t1/1\n2\t7\tc\tG\tT\t.\tPASS\t.\tGT\t./"
    ".\n";

class VcfInput : public ::testing::Test {
 protected:
  std::string path(const char* name) const { return folder_.path() + "/" + name; }

  std::string bgzf() const {
    const std::string name = path("a.vcf.gz");
    BGZF* file = bgzf_open(name.c_str(), "w");
    EXPECT_EQ(bgzf_write(file, kText.data(), kText.size()), static_cast<ssize_t>(kText.size()));
    EXPECT_EQ(bgzf_close(file), 0);
    return name;
  }
  std::string bcf() const {
    const std::string plain = path("a.vcf");
    std::ofstream(plain) << kText;
    htsFile* from = hts_open(plain.c_str(), "r");
    const std::string name = path("a.bcf");
    htsFile* to = hts_open(name.c_str(), "wb");
    bcf_hdr_t* header = bcf_hdr_read(from);
    EXPECT_EQ(bcf_hdr_write(to, header), 0);
    bcf1_t* row = bcf_init();
    while (bcf_read(from, header, row) == 0) EXPECT_EQ(bcf_write(to, header, row), 0);
    bcf_destroy(row);
    bcf_hdr_destroy(header);
    hts_close(from);
    hts_close(to);
    return name;
  }
  static std::string lines(const std::string& name, const std::string& region = {}) {
    Issues issues;
    auto source = open_variants(name, region);
    if (!source) return source.error().message();
    auto reader = Reader::open(std::move(*source), {}, issues);
    if (!reader) return reader.error().message();
    std::string out;
    Record record;
    auto next = reader->next(record, issues);
    for (; next && *next; next = reader->next(record, issues)) write(record, out);
    if (!next) return next.error().message();
    EXPECT_FALSE(issues.has_errors());
    return out;
  }
  static std::string body() { return kText.substr(kText.find("\n1\t100") + 1); }

 private:
  meridian::testing::TemporaryFolder folder_;
};

TEST_F(VcfInput, reads_bgzf_and_bcf_as_the_same_records) {
  EXPECT_EQ(lines(bgzf()), body());
  EXPECT_EQ(lines(bcf()), body());
}

TEST_F(VcfInput, reads_only_what_lies_in_a_region) {
  const std::string text = bgzf();
  ASSERT_EQ(tbx_index_build(text.c_str(), 0, &tbx_conf_vcf), 0);
  EXPECT_EQ(lines(text, "1:40000-60000"), "1\t50000\tb\tG\tT\t.\tPASS\t.\tGT\t1/1\n");
  EXPECT_EQ(lines(text, "2"), "2\t7\tc\tG\tT\t.\tPASS\t.\tGT\t./.\n");
  EXPECT_EQ(lines(text, "1:1-5"), "");
  const std::string binary = bcf();
  ASSERT_EQ(bcf_index_build(binary.c_str(), 14), 0);
  EXPECT_EQ(lines(binary, "1:100-100"), "1\t100\ta\tA\tC\t30\tPASS\t.\tGT\t0|1\n");
}

TEST_F(VcfInput, says_when_there_is_no_index_no_contig_or_no_file) {
  const std::string text = bgzf();
  EXPECT_EQ(open_variants(text, "1:1-5").error().code(), ErrorCode::not_found);
  ASSERT_EQ(tbx_index_build(text.c_str(), 0, &tbx_conf_vcf), 0);
  EXPECT_EQ(open_variants(text, "chrZ:1-5").error().code(), ErrorCode::invalid_argument);
  EXPECT_EQ(open_variants(path("none.vcf"), "1").error().code(), ErrorCode::not_found);
  EXPECT_EQ(open_variants("-", "1").error().code(), ErrorCode::invalid_argument);
}

TEST_F(VcfInput, says_when_a_bcf_file_is_cut_off) {
  const std::string name = bcf();
  std::ifstream whole(name, std::ios::binary);
  std::string bytes((std::istreambuf_iterator<char>(whole)), {});
  std::ofstream(name, std::ios::binary) << bytes.substr(0, bytes.size() - 60);
  EXPECT_NE(lines(name), body());
}

TEST_F(VcfInput, reads_a_reference_through_its_index) {
  const std::string name = path("r.fa");
  std::ofstream(name) << ">1 first\nACGTacgt\nNN\n>2\nTT\n";
  EXPECT_EQ(open_fasta(name).error().code(), ErrorCode::not_found);
  ASSERT_EQ(fai_build(name.c_str()), 0);
  auto reference = open_fasta(name);
  ASSERT_TRUE(reference);
  EXPECT_EQ(*(*reference)->bases("1", 3, 4), "GTAC");
  EXPECT_EQ(*(*reference)->bases("1", 9, 100), "NN");
  EXPECT_EQ(*(*reference)->bases("2", 3, 1), "");
  EXPECT_EQ(*(*reference)->bases("3", 1, 1), "");
  EXPECT_EQ(open_fasta(path("none.fa")).error().code(), ErrorCode::not_found);
}

}  // namespace
}  // namespace meridian::genomics
