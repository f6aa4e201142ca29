// The sample records of the WFDB project, and what its programs rdsamp and rdann print of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <sstream>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/fault_file_system.hpp"
#include "base/testing/paths.hpp"
#include "formats/signal/wfdb.hpp"
#include "formats/signal/wfdb_annotations.hpp"

namespace meridian::signal {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;

const std::string kSamples = "wfdb-python/sample-data/";

class WfdbConformance : public ::testing::Test {
 protected:
  // In memory, with its folders.
  static void SetUpTestSuite() {
    const auto archive = meridian::testing::shared_data("ecg-vitals/wfdb-python.tar.zst");
    if (!archive) return;
    files_ = std::make_unique<meridian::testing::FaultFileSystem>();
    auto source = open_input(archive->string());
    ASSERT_TRUE(source);
    TarReader tar(**source);
    for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
      const std::string& name = (*entry)->name;
      for (std::size_t slash = name.find('/'); slash != std::string::npos; slash = name.find('/', slash + 1)) {
        ASSERT_TRUE(files_->create_directory(name.substr(0, slash)));
      }
      const auto bytes = tar.read_entry();
      ASSERT_TRUE(bytes);
      ASSERT_TRUE(replace_file(*files_, name, *bytes));
    }
  }
  static void TearDownTestSuite() { files_.reset(); }
  void SetUp() override {
    if (files_ == nullptr) GTEST_SKIP() << "the WFDB samples are not here: ecg-vitals/wfdb-python.tar.zst";
  }

  static std::string expected(const std::string& name) {
    const std::string path = "wfdb-python/tests/target-output/" + name;
    const auto bytes = read_whole_file(*files_, path, std::size_t{256} << 20);
    EXPECT_TRUE(bytes) << name;
    if (!bytes || !name.ends_with(".gz")) return bytes.value_or("");
    auto source = decompress(memory_input(*bytes));
    EXPECT_TRUE(source);
    std::string text;
    std::vector<char> buffer(1 << 16);
    for (auto got = (*source)->read(buffer); got && *got > 0; got = (*source)->read(buffer)) {
      text.append(buffer.data(), *got);
    }
    return text;
  }
  static std::unique_ptr<ByteSource> memory_input(const std::string& bytes) {
    class Memory final : public ByteSource {
     public:
      explicit Memory(std::string bytes) : bytes_(std::move(bytes)) {}
      Result<std::size_t> read(std::span<char> into) override {
        const std::size_t count = std::min(into.size(), bytes_.size() - at_);
        bytes_.copy(into.data(), count, at_);
        at_ += count;
        return count;
      }
      std::uint64_t consumed() const override { return at_; }
      std::optional<std::uint64_t> size() const override { return bytes_.size(); }

     private:
      std::string bytes_;
      std::size_t at_ = 0;
    };
    return std::make_unique<Memory>(bytes);
  }

  static std::unique_ptr<meridian::testing::FaultFileSystem> files_;
};
std::unique_ptr<meridian::testing::FaultFileSystem> WfdbConformance::files_;

struct Printed {
  std::string file;
  std::string record;
  FrameRange range;
  std::vector<std::size_t> channels;  // empty: all
  bool is_physical = false;
  bool is_expanded = false;  // every sample of a frame, as rdsamp -H prints
};

TEST_F(WfdbConformance, samples_are_those_that_rdsamp_prints) {
  const std::vector<Printed> all = {
      {"record-1a", "test01_00s", {}, {}},
      {"record-1b", "a103l", {12'500, 40'000}, {2, 0}, true},
      {"record-1c", "a103l", {20'000}, {0, 1}},
      {"record-1d", "3000003_0003", {125, 1'000}, {1}, true},
      {"record-1f.gz", "binformats", {}, {}},
      {"record-2b", "100", {1, 10'800}, {1}},
      {"record-2c", "100_3chan", {}, {}, true},
      {"record-2d", "310derive", {2}, {}},
      {"record-2e", "311derive", {1, 978}, {}, true},
      {"record-3b", "s0010_re", {5'000, 38'000}, {13, 0, 4, 8, 3}, true},
      {"record-4a", "test01_00s_skewframe", {}, {}},
      {"record-4b", "03700181", {}, {}},
      {"record-4c", "03700181", {1'000, 16'000}, {0, 2}, true},
      {"record-4d", "test01_00s_skewframe", {}, {}, true, true},
      {"record-flac.gz", "flacformats", {}, {}},
      {"record-multi-fixed-c", "multi-segment/fixed1/v102s", {70'000, 80'000}, {1, 0, 3}, true},
      {"record-multi-fixed-d.gz", "multi-segment/041s/041s", {}, {3, 2, 1}, false, true},
      {"record-multi-variable-d", "multi-segment/p000878/p000878-2137-10-26-16-57", {3'550, 7'500}, {0, 1}},
  };
  for (const Printed& printed : all) {
    Issues issues;
    const Result<Recording> read = read_wfdb(*files_, kSamples + printed.record, printed.range, {}, issues);
    ASSERT_TRUE(read) << printed.file << ' ' << read.error().message();
    std::vector<std::size_t> channels = printed.channels;
    for (std::size_t i = 0; printed.channels.empty() && i < read->channels.size(); ++i) channels.push_back(i);
    std::vector<Channel> shown;
    for (const std::size_t index : channels) {
      shown.push_back(read->channels[index]);
      Channel& channel = shown.back();
      if (!printed.is_expanded) {
        channel.samples = frame_means(channel);
        channel.samples_per_frame = 1;
      }
    }
    std::uint32_t most = 1;
    for (const Channel& channel : shown) most = std::max(most, channel.samples_per_frame);
    std::istringstream lines(expected(printed.file));
    std::string line;
    std::size_t row = 0;
    std::size_t differences = 0;
    std::string first;
    for (; std::getline(lines, line); ++row) {
      std::istringstream words(line);
      for (const Channel& channel : shown) {
        std::string word;
        words >> word;
        const std::size_t at = row * channel.samples_per_frame / most;
        ASSERT_LT(at, channel.samples.size()) << printed.file;
        const bool is_missing = channel.samples[at] == kMissing;
        bool is_same = false;
        if (word == "-" || is_missing) {
          // Of what is missing rdsamp prints the format's code, or a dash.
          is_same = is_missing && (word == "-" || word == "-128" || word == "-2048" || word == "-32768");
        } else if (printed.is_physical) {
          is_same = std::abs(channel.value(at) - std::stod(word)) < 6e-9;
        } else {
          is_same = channel.samples[at] == std::stol(word);
        }
        if (is_same) continue;
        if (differences++ == 0) {
          first = "row " + std::to_string(row) + ": " + word + " and " +
                  (printed.is_physical ? std::to_string(channel.value(at)) : std::to_string(channel.samples[at]));
        }
      }
    }
    EXPECT_GT(row, 0U) << printed.file;
    EXPECT_EQ(differences, 0U) << printed.file << ", " << first;
  }
}

TEST_F(WfdbConformance, annotations_are_those_that_rdann_prints) {
  const std::map<std::string, std::string> all = {{"ann-1", "100.atr"}, {"ann-2", "12726.anI"}, {"ann-3", "1003.atr"}};
  for (const auto& [printed, file] : all) {
    const auto bytes = read_whole_file(*files_, kSamples + file, 1 << 20);
    ASSERT_TRUE(bytes);
    Issues issues;
    const Annotations read = read_annotations(*bytes, 1'000'000, issues);
    EXPECT_THAT(issues.all(), IsEmpty()) << file;
    std::istringstream lines(expected(printed));
    std::string line;
    std::size_t at = 0;
    for (; std::getline(lines, line); ++at) {
      ASSERT_LT(at, read.all.size());
      const Annotation& annotation = read.all[at];
      std::istringstream words(line);
      std::string time;
      std::string letter;
      long sample = 0;
      long subtype = 0;
      long channel = 0;
      long number = 0;
      words >> time >> sample >> letter >> subtype >> channel >> number;
      const std::size_t tab = line.find('\t');
      EXPECT_EQ(annotation.sample, sample) << file << ':' << at;
      EXPECT_EQ(mnemonic(annotation.code), letter) << file << ':' << at;
      EXPECT_EQ(annotation.subtype, subtype) << file << ':' << at;
      EXPECT_EQ(annotation.channel, channel) << file << ':' << at;
      EXPECT_EQ(annotation.number, number) << file << ':' << at;
      EXPECT_EQ(annotation.note, tab == std::string::npos ? "" : line.substr(tab + 1)) << file << ':' << at;
    }
    EXPECT_EQ(at, read.all.size());
  }
}

TEST_F(WfdbConformance, every_record_is_read_and_its_checksums_hold) {
  std::size_t records = 0;
  std::size_t whole = 0;
  std::vector<std::string> folders = {""};
  for (const char* name : {"p000878", "041s", "s25047", "s00001", "fixed1"}) {
    folders.push_back("multi-segment/" + std::string(name) + '/');
  }
  for (const std::string& folder : folders) {
    const auto names = files_->list(kSamples + folder);
    ASSERT_TRUE(names) << folder;
    for (const std::string& name : *names) {
      if (!name.ends_with(".hea")) continue;
      ++records;
      Issues issues;
      // Hours of a monitor: a minute is enough of those that lack most of their files.
      const FrameRange range{0, folder.empty() ? std::nullopt : std::optional<std::uint64_t>(7'500)};
      const Result<Recording> read = read_wfdb(*files_, kSamples + folder + name, range, {}, issues);
      ASSERT_TRUE(read) << name << ' ' << read.error().message();
      for (const Issue& issue : issues.all()) {
        // Large files were left out of the collection.
        EXPECT_THAT(std::string(issue.message->id), AnyOf("signal-no-file", "signal-bad-segment", "signal-short"))
            << name << ' ' << text(issue, Language::english);
      }
      whole += issues.empty() ? 1 : 0;
    }
  }
  EXPECT_EQ(records, 88U);
  EXPECT_GE(whole, 60U);
}

}  // namespace
}  // namespace meridian::signal
