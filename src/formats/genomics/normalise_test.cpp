// Property: a normalised variant makes the same sequence of the reference, begins as far left as it can, and shares
// nothing more that could be trimmed.
#include <gtest/gtest.h>

#include <random>

#include "formats/genomics/normalise.hpp"
#include "formats/genomics/testing/variants.hpp"

namespace meridian::genomics {
namespace {

class OneContig final : public Reference {
 public:
  explicit OneContig(std::string bases) : bases_(std::move(bases)) {}
  Result<std::string> bases(std::string_view, std::uint64_t from, std::uint64_t count) override {
    return from == 0 || from > bases_.size() ? std::string() : bases_.substr(from - 1, count);
  }
  std::string with(const Alleles& alleles) const {
    return bases_.substr(0, alleles.pos - 1) + alleles.all[1] + bases_.substr(alleles.pos - 1 + alleles.all[0].size());
  }

 private:
  std::string bases_;
};

TEST(Normalise, keeps_the_sequence_and_moves_as_far_left_as_it_goes) {
  std::mt19937 random(7);  // NOLINT(bugprone-random-generator-seed): the same in every run
  std::size_t moved = 0;
  for (int round = 0; round < 3'000; ++round) {
    std::string bases;
    for (int i = 0; i < 60; ++i) bases += "AC"[random() % 2];  // two letters make many repeats
    OneContig reference(bases);
    const std::uint64_t pos = 1 + random() % 40;
    std::string alt;
    for (std::size_t i = 1 + random() % 5; i > 0; --i) alt += "AC"[random() % 2];
    Alleles alleles{pos, {bases.substr(pos - 1, 1 + random() % 6), alt}};
    if (alleles.all[0] == alleles.all[1]) continue;
    const std::string before = reference.with(alleles);
    Alleles left = alleles;
    ASSERT_TRUE(align_left(left, "1", 1'000, &reference));
    ASSERT_EQ(reference.with(left), before);
    ASSERT_EQ(bases.substr(left.pos - 1, left.all[0].size()), left.all[0]);
    const std::string& ref = left.all[0];
    const std::string& to = left.all[1];
    ASSERT_FALSE(ref.empty() || to.empty());
    if (ref.size() > 1 && to.size() > 1) {
      ASSERT_TRUE(ref.front() != to.front() && ref.back() != to.back());
    }
    if (left.pos > 1) {
      ASSERT_NE(ref.back(), to.back());
    }
    moved += left.pos < alleles.pos ? 1 : 0;
    Alleles again = left;
    ASSERT_TRUE(align_left(again, "1", 1'000, &reference));
    ASSERT_EQ(again.all, left.all);
  }
  EXPECT_GT(moved, 100U);
}

TEST(Normalise, splits_and_says_what_is_not_of_the_reference) {
  const std::string text =
      "##fileformat=VCFv4.2\n##INFO=<ID=AC,Number=A,Type=Integer,Description=\"x\">\n"
      "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ts\n"
      "1\t4\t.\tA\tAA,C\t.\t.\tAC=1,2\tGT\t1/2\n1\t6\t.\tG\tT\t.\t.\t.\tGT\t0/1\n";
  Issues issues;
  auto reader = Reader::open(memory_source(text), {}, issues);
  ASSERT_TRUE(reader);
  OneContig reference(
      "CAAAC"
      "C");
  Normaliser normaliser(reader->header(), {}, &reference);
  std::string out;
  Record record;
  for (auto next = reader->next(record, issues); next && *next; next = reader->next(record, issues)) {
    ASSERT_TRUE(normaliser.add(record, issues, out));
  }
  normaliser.finish(out);
  EXPECT_EQ(out,
            "1\t1\t.\tC\tCA\t.\t.\tAC=1\tGT\t1/0\n"
            "1\t4\t.\tA\tC\t.\t.\tAC=2\tGT\t0/1\n"
            "1\t6\t.\tG\tT\t.\t.\t.\tGT\t0/1\n");
  EXPECT_EQ(normaliser.split(), 1U);
  bool is_said = false;
  for (const Issue& issue : issues.all()) is_said |= issue.message->id == "vcf-reference-differs";
  EXPECT_TRUE(is_said);
}

TEST(Normalise, holds_no_more_records_than_it_may) {
  const std::string text =
      "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n1\t4\t.\tA\tC\t.\t.\t.\n1\t4\t.\tA\tG\t.\t."
      "\t.\n";
  Issues issues;
  auto reader = Reader::open(memory_source(text), {}, issues);
  ASSERT_TRUE(reader);
  NormaliseOptions options;
  options.max_held = 1;
  Normaliser normaliser(reader->header(), options, nullptr);
  std::string out;
  Record record;
  ASSERT_TRUE(*reader->next(record, issues));
  EXPECT_TRUE(normaliser.add(record, issues, out));
  ASSERT_TRUE(*reader->next(record, issues));
  EXPECT_EQ(normaliser.add(record, issues, out).error().code(), ErrorCode::too_large);
}

}  // namespace
}  // namespace meridian::genomics
