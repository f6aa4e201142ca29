// A real electrocardiogram of twelve leads (PhysioNet's PTB, as the WFDB project's samples have it), written as SCP-ECG
// and as annotated ECG by the tests' writers: what is read must be WFDB's samples, and what BioSig reads, where it is
// installed (Debian: biosig-tools), must be ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <sstream>

#include "base/input.hpp"
#include "base/tar.hpp"
#include "base/testing/fault_file_system.hpp"
#include "base/testing/paths.hpp"
#include "formats/signal/aecg.hpp"
#include "formats/signal/scp.hpp"
#include "formats/signal/testing/aecg_writer.hpp"
#include "formats/signal/testing/scp_writer.hpp"
#include "formats/signal/wfdb.hpp"

namespace meridian::signal {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kFolder = "wfdb-python/sample-data/";

class EcgConformance : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    const auto archive = meridian::testing::shared_data("ecg-vitals/wfdb-python.tar.zst");
    if (!archive) return;
    meridian::testing::FaultFileSystem files;
    auto source = open_input(archive->string());
    ASSERT_TRUE(source);
    TarReader tar(**source);
    for (auto entry = tar.next(); entry && *entry; entry = tar.next()) {
      const std::string& name = (*entry)->name;
      if (!name.starts_with(kFolder + "s0010_re.")) continue;
      const auto bytes = tar.read_entry();
      ASSERT_TRUE(bytes);
      ASSERT_TRUE(replace_file(files, name.substr(kFolder.size()), *bytes));
    }
    Issues issues;
    const auto recording = read_wfdb(files, "s0010_re", {0, 10'000}, {}, issues);
    ASSERT_TRUE(recording) << recording.error().message();
    ecg_ = std::make_unique<Ecg>();
    EcgSeries series;
    series.recording = *recording;
    series.recording.channels.resize(12);  // the others are Frank's
    series.recording.start = LocalStart{2020, 2, 29, 36'000'000};
    for (Channel& channel : series.recording.channels) channel.unit = "mV";
    ecg_->series.push_back(std::move(series));
    ecg_->subject.id = "patient001";
    ecg_->subject.authority = "2.16.840.1.113883.3.400";
  }
  static void TearDownTestSuite() { ecg_.reset(); }
  void SetUp() override {
    if (ecg_ == nullptr) GTEST_SKIP() << "the WFDB samples are not here: ecg-vitals/wfdb-python.tar.zst";
  }

  /// SCP-ECG counts in nanovolts: half a microvolt is 500.
  static Ecg for_scp() {
    Ecg ecg = *ecg_;
    for (Channel& channel : ecg.series[0].recording.channels) channel.scales = {{0, 2, 0}};
    return ecg;
  }

  static void expect_same(const Result<Ecg>& read, const Issues& issues, double unit) {
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_THAT(issues.all(), IsEmpty());
    ASSERT_THAT(read->series, SizeIs(1));
    const Recording& original = ecg_->series[0].recording;
    const Recording& recording = read->series[0].recording;
    EXPECT_DOUBLE_EQ(recording.frames_per_second, original.frames_per_second);
    EXPECT_EQ(recording.start, original.start);
    ASSERT_THAT(recording.channels, SizeIs(12));
    for (std::size_t i = 0; i < 12; ++i) {
      EXPECT_FALSE(recording.channels[i].code.empty());
      EXPECT_EQ(recording.channels[i].code, original.channels[i].code);
      EXPECT_EQ(recording.channels[i].samples, original.channels[i].samples) << original.channels[i].label;
      EXPECT_NEAR(recording.channels[i].value(777), original.channels[i].value(777) * unit, 1e-9 * unit);
    }
  }

  /// What BioSig reads of it, a row a frame; nothing where BioSig is not there.
  static std::vector<std::vector<double>> read_by_biosig(const std::string& bytes, const std::string& name) {
    std::vector<std::vector<double>> rows;
    if (std::system("command -v save2gdf > /dev/null") != 0) return rows;  // NOLINT(concurrency-mt-unsafe)
    const std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / "ecg_conformance";
    std::filesystem::create_directories(folder);
    const std::filesystem::path file = folder / name;
    const std::filesystem::path out = folder / (name + ".csv");
    EXPECT_TRUE(replace_file(system_files(), file.string(), bytes));
    const std::string command = "save2gdf -CSV '" + file.string() + "' '" + out.string() + "' > /dev/null 2>&1";
    EXPECT_EQ(std::system(command.c_str()), 0);  // NOLINT(concurrency-mt-unsafe)
    const auto text = read_whole_file(system_files(), out.string(), std::size_t{64} << 20);
    EXPECT_TRUE(text);
    std::istringstream lines(text.value_or(""));
    std::string line;
    while (std::getline(lines, line)) {
      std::replace_if(line.begin(), line.end(), [](char c) { return c == ',' || c == ';' || c == '\t'; }, ' ');
      std::istringstream words(line);
      std::vector<double> row;
      for (double value = 0; words >> value;) row.push_back(value);
      if (row.size() >= 12) rows.push_back(std::move(row));
    }
    return rows;
  }

  /// Of WFDB's samples, in other units.
  static void expect_rows(const std::vector<std::vector<double>>& rows, double unit) {
    const Recording& original = ecg_->series[0].recording;
    ASSERT_THAT(rows, SizeIs(original.frames));
    std::size_t differences = 0;
    for (std::size_t frame = 0; frame < rows.size(); ++frame) {
      for (std::size_t i = 0; i < original.channels.size(); ++i) {
        const double ours = original.channels[i].value(frame) * unit;
        differences += std::abs(rows[frame][i] - ours) < 1e-5 * unit ? 0 : 1;
      }
    }
    EXPECT_EQ(differences, 0U);
  }

  static std::unique_ptr<Ecg> ecg_;
};
std::unique_ptr<Ecg> EcgConformance::ecg_;

TEST_F(EcgConformance, scp_has_the_samples_of_wfdb_in_every_coding) {
  for (const testing::ScpCoding coding :
       {testing::ScpCoding::words, testing::ScpCoding::standard, testing::ScpCoding::own_tables}) {
    for (const int differences : {0, 1, 2}) {
      testing::ScpWriting how;
      how.coding = coding;
      how.differences = differences;
      Issues issues;
      const auto read = read_scp(testing::scp_file(testing::scp_sections(for_scp(), how)), {}, issues);
      expect_same(read, issues, 1'000);
    }
  }
}

TEST_F(EcgConformance, annotated_ecg_has_the_samples_of_wfdb) {
  Issues issues;
  expect_same(read_aecg(testing::aecg_document(*ecg_), {}, issues), issues, 1);
}

TEST_F(EcgConformance, biosig_reads_the_same_samples_of_scp) {
  const Ecg ecg = for_scp();
  for (const int differences : {0, 1, 2}) {
    testing::ScpWriting how;
    how.differences = differences;
    const auto rows = read_by_biosig(testing::scp_file(testing::scp_sections(ecg, how)), "s0010_re.scp");
    if (rows.empty()) GTEST_SKIP() << "save2gdf is not here: Debian's biosig-tools";
    expect_rows(rows, 1'000);
  }
}

TEST_F(EcgConformance, scp_has_the_samples_of_wfdb_where_beats_were_subtracted) {
  Ecg ecg = for_scp();
  // A beat of 400 ms as it stands in the recording; a second one some time later.
  EcgSeries beat;
  beat.kind = EcgSeries::Kind::beat;
  beat.recording.frames_per_second = 1'000;
  beat.recording.frames = 400;
  for (const Channel& channel : ecg.series[0].recording.channels) {
    Channel& copy = beat.recording.channels.emplace_back(channel);
    copy.samples = std::vector<std::int32_t>(channel.samples.begin() + 500, channel.samples.begin() + 900);
  }
  ecg.series.push_back(std::move(beat));
  testing::ScpWriting how;
  how.beats = {501, 1'233};
  Issues issues;
  const auto read = read_scp(testing::scp_file(testing::scp_sections(ecg, how)), {}, issues);
  ASSERT_TRUE(read);
  EXPECT_THAT(issues.all(), IsEmpty());
  ASSERT_THAT(read->series, SizeIs(2));
  for (std::size_t i = 0; i < 12; ++i) {
    EXPECT_EQ(read->series[0].recording.channels[i].samples, ecg_->series[0].recording.channels[i].samples);
  }
}

TEST_F(EcgConformance, biosig_reads_the_same_samples_of_annotated_ecg) {
  const auto rows = read_by_biosig(testing::aecg_document(*ecg_), "s0010_re.xml");
  if (rows.empty()) GTEST_SKIP() << "save2gdf is not here: Debian's biosig-tools";
  expect_rows(rows, 1);
}

}  // namespace
}  // namespace meridian::signal
