// The suite of EBI's vcf_validator: files that are right, and files with one thing wrong each.
#include <gtest/gtest.h>

#include "formats/genomics/testing/variants.hpp"

namespace meridian::genomics {
namespace {

using testing::Whole;

/// Files of `failed` that we take, by the end of their names.
struct Exclusion {
  const char* name;
  const char* reason;
};
constexpr Exclusion kExclusions[] = {
    {"v4.1/failed/failed_body_format_003", "4.1 does not say which characters the name of a field has: G_S is one"},
    {"v4.2/failed/failed_body_format_003", "as in 4.1"},
    {"v4.1/failed/failed_meta_alt_000", "DEL1 is a symbol of somebody's own, as `customcontig` of the files that pass"},
    {"v4.2/failed/failed_meta_alt_000", "as in 4.1"},
    {"v4.1/failed/failed_meta_format_030", "GLE holds likelihoods of several ploidies: no Number fits it"},
    {"v4.2/failed/failed_meta_format_029", "as in 4.1"},
    {"failed_meta_pedigree_001", "the specification forbids no colon in names of samples (four versions)"},
    {"v4.1/failed/failed_meta_sample_001", "quotation marks around a value are no fault"},
    {"v4.2/failed/failed_meta_sample_001", "as in 4.1"},
    {"failed_body_chrom_003", "section 1.4.7 allows * behind the first character: HLA-A*01:01 (two versions)"},
    {"failed_meta_contig_003", "the same in the header (two versions)"},
    {"failed_meta_sample_003", "the specification forbids no characters in names of samples (two versions)"},
};

bool is_excluded(const std::string& name) {
  for (const Exclusion& exclusion : kExclusions) {
    if (name.find(exclusion.name) != std::string::npos) return true;
  }
  return false;
}

std::map<std::string, std::string> suite(const std::string& folder) {
  std::map<std::string, std::string> some;
  for (auto& [name, bytes] : testing::shared_files("genomics/vcf-validator-suite.tar.zst")) {
    const bool is_case =
        name.find("/" + folder + "/") != std::string::npos && (name.ends_with(".vcf") || name.ends_with(".vcf.gz"));
    if (name.ends_with("passed_empty_vcf.vcf")) continue;  // nothing is no VCF file; only the assembly passes there
    // What fails there are checks against an assembly, and of evidence for an archive; the files are VCF.
    const bool is_beside =
        name.find("assembly_checker") != std::string::npos || name.find("/evidence/") != std::string::npos;
    if (is_case && (folder == "passed" || !is_beside)) some.emplace(name, std::move(bytes));
  }
  return some;
}

std::string told(const std::string& name, const Whole& whole) {
  std::string out = name;
  std::size_t said = 0;
  for (const std::string& fault : whole.faults) {
    if (fault.starts_with("error") && ++said < 6) out += "\n  " + fault;
  }
  return out;
}

TEST(VcfConformance, takes_every_file_that_is_right) {
  const auto files = suite("passed");
  if (files.empty()) GTEST_SKIP() << "the suite is not here: genomics/vcf-validator-suite.tar.zst";
  for (const auto& [name, bytes] : files) {
    const Whole whole = testing::read_whole(bytes);
    EXPECT_TRUE(whole.is_readable && whole.errors == 0) << told(name, whole);
  }
  EXPECT_GE(files.size(), 120U);
}

TEST(VcfConformance, refuses_every_file_that_is_wrong) {
  const auto files = suite("failed");
  if (files.empty()) GTEST_SKIP() << "the suite is not here: genomics/vcf-validator-suite.tar.zst";
  std::size_t refused = 0;
  for (const auto& [name, bytes] : files) {
    const Whole whole = testing::read_whole(bytes);
    refused += whole.errors > 0 ? 1 : 0;
    EXPECT_NE(whole.errors > 0, is_excluded(name)) << told(name, whole);
  }
  RecordProperty("refused", std::to_string(refused));
  RecordProperty("files", std::to_string(files.size()));
  EXPECT_GE(refused * 100, files.size() * 95);
}

}  // namespace
}  // namespace meridian::genomics
