// The files of bcftools' own tests: each is parsed or refused with a reason, written again byte for byte, and
// normalised to what `bcftools norm` gives.
#include <gtest/gtest.h>

#include "formats/genomics/normalise.hpp"
#include "formats/genomics/testing/variants.hpp"

namespace meridian::genomics {
namespace {

const std::string kFolder = "bcftools-tests/test/";

const std::map<std::string, std::string>& files() {
  static const auto kFiles = testing::shared_files("genomics/bcftools-tests.tar.zst");
  return kFiles;
}

std::string without_carriage_returns(std::string text) {
  std::erase(text, '\r');
  return text;
}

TEST(BcftoolsFiles, are_parsed_and_written_again_byte_for_byte) {
  if (files().empty()) GTEST_SKIP() << "the tests are not here: genomics/bcftools-tests.tar.zst";
  std::size_t same = 0;
  std::size_t with_faults = 0;
  std::size_t refused = 0;
  for (const auto& [name, bytes] : files()) {
    if (!name.ends_with(".vcf")) continue;
    const testing::Whole whole = testing::read_whole(bytes);
    if (!whole.is_readable) {
      ++refused;
      continue;
    }
    if (whole.text == without_carriage_returns(bytes) || whole.text == bytes + "\n") {
      ++same;
    } else {
      // Only lines that nothing can be made of are missing, and each is said.
      EXPECT_FALSE(whole.faults.empty()) << name;
      ++with_faults;
    }
  }
  RecordProperty("same", std::to_string(same));
  RecordProperty("with_faults", std::to_string(with_faults));
  RecordProperty("refused", std::to_string(refused));
  EXPECT_GE(same, 480U);
}

/// The bases that the REFs of files show; N elsewhere.
class SeenReference final : public Reference {
 public:
  void learn(const std::string& text) {
    Issues issues;
    auto reader = Reader::open(memory_source(text), {}, issues);
    if (!reader) return;
    Record record;
    for (auto next = reader->next(record, issues); next && *next; next = reader->next(record, issues)) {
      std::string& contig = contigs_[std::string(record.chrom)];
      if (contig.size() < record.pos + record.ref.size()) contig.resize(record.pos + record.ref.size(), 'N');
      for (std::size_t i = 0; i < record.ref.size(); ++i) {
        char& base = contig[record.pos + i];
        if (base == 'N') base = record.ref[i];
      }
    }
  }
  Result<std::string> bases(std::string_view contig, std::uint64_t from, std::uint64_t count) override {
    const auto found = contigs_.find(std::string(contig));
    if (found == contigs_.end() || from >= found->second.size()) return std::string();
    return found->second.substr(from, count);
  }

 private:
  std::map<std::string, std::string> contigs_;
};

std::vector<std::string> records_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    if (text[at] != '#') out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string normalised(const std::string& text, const NormaliseOptions& options, Reference* reference) {
  Issues issues;
  auto reader = Reader::open(memory_source(text), {}, issues);
  EXPECT_TRUE(reader);
  std::string out;
  Normaliser normaliser(reader->header(), options, reference);
  Record record;
  for (auto next = reader->next(record, issues); next && *next; next = reader->next(record, issues)) {
    EXPECT_TRUE(normaliser.add(record, issues, out));
  }
  normaliser.finish(out);
  return out;
}

struct NormCase {
  const char* input;
  const char* expected;
  Split split;
  bool has_reference;
};
constexpr NormCase kCases[] = {
    {"norm.split.vcf", "norm.split.out", Split::yes, false},
    {"norm.split.2.vcf", "norm.split.2.out", Split::yes, false},
    {"norm.split.and.norm.vcf", "norm.split.and.norm.out", Split::yes, true},
    {"norm.vcf", "norm.out", Split::no, true},
    {"norm.telomere.vcf", "norm.telomere.out", Split::no, true},
};

TEST(BcftoolsFiles, are_normalised_as_bcftools_does) {
  if (files().empty()) GTEST_SKIP() << "the tests are not here: genomics/bcftools-tests.tar.zst";
  for (const NormCase& one : kCases) {
    const auto input = files().find(kFolder + one.input);
    const auto expected = files().find(kFolder + one.expected);
    if (input == files().end() || expected == files().end()) continue;
    // Bases that only one of both shows: its sequence is not among the files.
    SeenReference reference;
    reference.learn(expected->second);
    reference.learn(input->second);
    NormaliseOptions options;
    options.split = one.split;
    options.trim = one.has_reference ? Trim::yes : Trim::no;
    auto ours = records_of(normalised(input->second, options, one.has_reference ? &reference : nullptr));
    // Two records of norm.vcf are not of its reference; `bcftools norm -c x` leaves such out, we say so and keep them.
    std::erase_if(ours,
                  [](const std::string& line) { return line.starts_with("1\t60\t") || line.starts_with("4\t37\t"); });
    // htslib writes a list without values as missing.
    for (std::string& line : ours) {
      if (const std::size_t at = line.find(";AC=;"); at != std::string::npos) line.insert(at + 4, ".");
    }
    const auto theirs = records_of(expected->second);
    ASSERT_EQ(ours.size(), theirs.size()) << one.input;
    for (std::size_t i = 0; i < std::min(ours.size(), theirs.size()); ++i) EXPECT_EQ(ours[i], theirs[i]) << one.input;
  }
}

}  // namespace
}  // namespace meridian::genomics
